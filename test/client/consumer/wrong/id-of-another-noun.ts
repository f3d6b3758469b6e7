import { createAnteroom } from "anteroom-client";

const anteroom = createAnteroom({ url: "https://api.example.com" });
export const answer = anteroom.identity.revokeSession.mutate({ sessionId: "usr_0123" });
