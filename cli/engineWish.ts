/** Which Pulumi engine a person asks for; apart from the engines themselves, which take long to load. */
export const engineWishes = ["auto", "official", "embedded"] as const;
export type EngineWish = (typeof engineWishes)[number];
