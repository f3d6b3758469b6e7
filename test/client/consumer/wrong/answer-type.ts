import { createAnteroom } from "anteroom-client";

const anteroom = createAnteroom({ url: "https://api.example.com" });
export const answer: Promise<{ user: { createdAt: string } }> = anteroom.identity.me.query();
