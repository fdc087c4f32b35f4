import type { Profile } from "../../profiles/profile";

/** One node, or one with a helper or two: what a larger cluster runs for its size is left out here. */
export function isSmall(profile: Pick<Profile, "name">): boolean {
  return profile.name === "micro" || profile.name === "mini";
}
