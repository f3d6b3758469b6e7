import { createAnteroom } from "anteroom-client";

export const anteroom = createAnteroom({ url: "https://api.example.com", token: () => undefined });
