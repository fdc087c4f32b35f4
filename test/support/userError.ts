import { UserError } from "../../cli/userError";

/** The error for people that some work ends with. @throws Error if it does not fail, or fails in another way. */
export async function userErrorOf(work: Promise<unknown>): Promise<UserError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error("it did not fail");
}
