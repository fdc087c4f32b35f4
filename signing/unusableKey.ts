/** A file that holds no key that edgewave can sign with; `message` says why and what to do. It never quotes the key. */
export class UnusableKey extends Error {
  override readonly name = "UnusableKey";

  constructor(
    /** Names the key to people, such as its file. */
    readonly where: string,
    /** What is wrong, as the end of a sentence that the key begins. */
    readonly problem: string,
    readonly hint: string,
    options?: ErrorOptions,
  ) {
    super(`The signing key ${where} ${problem}. ${hint}`, options);
  }

  static encrypted(where: string): UnusableKey {
    return new UnusableKey(
      where,
      "is encrypted with a passphrase, and edgewave asks for none",
      `Use a key without one, kept where only edgewave can read it: ssh-keygen -p -N '' -f on a copy of it.`,
    );
  }

  static otherType(where: string, type: string): UnusableKey {
    return new UnusableKey(
      where,
      `is of the type ${printable(type)}; edgewave signs with Ed25519`,
      "Make one with: ssh-keygen -t ed25519 -N '' -f FILE",
    );
  }

  static damaged(where: string): UnusableKey {
    return new UnusableKey(
      where,
      "is damaged",
      "Put a whole copy back, or make a new key with: ssh-keygen -t ed25519 -N '' -f FILE",
    );
  }
}

function printable(type: string): string {
  return /^[\w@.+-]{1,60}$/.test(type) ? type : "unknown to SSH";
}
