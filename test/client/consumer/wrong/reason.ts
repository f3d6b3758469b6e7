import { isRefusal } from "anteroom-client";

export const answer = isRefusal(new Error(), "not_fond");
