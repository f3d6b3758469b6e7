import { isRefusal, type Reason } from "anteroom-client";

export function told(error: unknown): Reason | undefined {
  return isRefusal(error) && error.reason === "not_fond" ? error.reason : undefined;
}
