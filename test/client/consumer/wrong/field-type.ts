import { createAnteroom } from "anteroom-client";

const anteroom = createAnteroom({ url: "https://api.example.com" });
export const answer = anteroom.identity.sessions.query({ size: "10" });
