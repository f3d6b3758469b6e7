import { createAnteroom } from "anteroom-client";

const anteroom = createAnteroom({ url: "https://api.example.com" });
export const answer = anteroom.identity.signInn.mutate({ email: "a@b.test", password: "x" });
