// Who gives mailboxes away: to anybody who asks, and for minutes. The widest used of each, kept by hand: lists of all there are weigh more
// than the rest of the Worker, and an address that is missed here is only not remarked on. Pure.

const domains = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** Private mailboxes for anybody. */
export const freeMail = domains(`
  gmail.com googlemail.com outlook.com outlook.de outlook.fr outlook.es hotmail.com hotmail.co.uk hotmail.de hotmail.fr hotmail.es hotmail.it
  live.com live.nl live.fr msn.com yahoo.com yahoo.co.uk yahoo.de yahoo.fr yahoo.es yahoo.it ymail.com rocketmail.com aol.com icloud.com me.com
  mac.com proton.me protonmail.com pm.me gmx.de gmx.net gmx.com gmx.at gmx.ch web.de t-online.de freenet.de posteo.de mail.com mail.ru yandex.ru
  yandex.com bk.ru list.ru inbox.ru rambler.ru orange.fr wanadoo.fr free.fr sfr.fr laposte.net libero.it virgilio.it tiscali.it alice.it
  ziggo.nl kpnmail.nl planet.nl xs4all.nl home.nl telenet.be skynet.be bluewin.ch hispeed.ch telia.com bredband.net online.no uol.com.br
  bol.com.br terra.com.br sapo.pt comcast.net verizon.net att.net sbcglobal.net cox.net btinternet.com sky.com virginmedia.com
  zoho.com zohomail.com fastmail.com hey.com tutanota.com tuta.io mynet.com qq.com 163.com 126.com naver.com
`);

/** Mailboxes that last minutes or days, or that anybody may read. */
export const disposableMail = domains(`
  mailinator.com guerrillamail.com guerrillamail.net guerrillamail.org guerrillamail.biz guerrillamail.de grr.la sharklasers.com pokemail.net
  spam4.me 10minutemail.com 10minutemail.net 20minutemail.com temp-mail.org temp-mail.io tempmail.com tempmail.net tempmailo.com tempr.email
  discard.email discardmail.com throwawaymail.com trashmail.com trashmail.de trashmail.net trash-mail.com wegwerfmail.de wegwerfmail.net
  yopmail.com yopmail.fr yopmail.net getnada.com nada.email maildrop.cc mailnesia.com mintemail.com mohmal.com dispostable.com
  fakeinbox.com fakemail.net getairmail.com emailondeck.com mailcatch.com mailnull.com spamgourmet.com mytemp.email moakt.com
  burnermail.io inboxkitten.com mail-temp.com tmpmail.org tmpmail.net 1secmail.com 1secmail.org 1secmail.net einrot.com cuvox.de
  dayrep.com fleckens.hu gustr.com jourrapide.com rhyta.com superrito.com teleworm.us armyspy.com
`);

/** Where dots before the at-sign mean nothing. */
const dotless = new Set(["gmail.com", "googlemail.com"]);

/** Both names of the same mailboxes. */
const otherNames: Readonly<Record<string, string>> = {
  "googlemail.com": "gmail.com",
  "protonmail.com": "proton.me",
  "pm.me": "proton.me",
};

/** The domain of a validated address. */
export function domainOf(email: string): string {
  return email.slice(email.lastIndexOf("@") + 1);
}

/** Where it is delivered to, as far as its spelling tells: without what stands behind a plus, and without dots that mean nothing. */
export function mailboxOf(email: string): string {
  const domain = domainOf(email);
  const name = email.slice(0, email.length - domain.length - 1);
  const plus = name.indexOf("+", 1);
  const box = plus === -1 ? name : name.slice(0, plus);
  return `${dotless.has(domain) ? box.replaceAll(".", "") : box}@${otherNames[domain] ?? domain}`;
}
