import { expect } from "chai";
import { plainText } from "../../../gitops/git/plainText";
import { resultsOf } from "../../../gitops/git/remote";
import { asRemoteFailure, RemoteFailed, remoteState, remoteStates } from "../../../gitops/git/remoteFailure";
import { GitFailed } from "../../../gitops/git/run";

describe("what Git says of another machine", () => {
  for (const [said, state] of [
    ["fatal: unable to access 'https://hub/x/': Could not resolve host: hub", "unreachable"],
    [
      "fatal: unable to access 'https://hub/x/': Failed to connect to hub port 443 after 3 ms: Couldn't connect to server",
      "unreachable",
    ],
    ["error: RPC failed; curl 56 Recv failure: Connection reset by peer\nfatal: early EOF", "unreachable"],
    [
      "error: RPC failed; curl 28 Operation too slow. Less than 1 bytes/sec transferred the last 30 seconds",
      "unreachable",
    ],
    ["fatal: unable to access 'https://hub/x/': The requested URL returned error: 503", "unreachable"],
    [
      "fatal: unable to access 'x': gnutls_handshake() failed: The TLS connection was non-properly terminated.",
      "unreachable",
    ],
    ["fatal: unable to access 'https://hub/x/': server certificate verification failed. CAfile: x", "distrusted"],
    ["fatal: unable to access 'https://hub/x/': SSL certificate problem: certificate has expired", "distrusted"],
    ["Host key verification failed.", "distrusted"],
    ["fatal: Unable to create '/out/git/site/porto.git/shallow.lock': File exists.", "raced"],
    ["fatal: shallow file has changed since we read it", "raced"],
    ["error: cannot lock ref 'refs/heads/status': is at 1 but expected 2", "raced"],
    ["remote: Unauthorized\nfatal: Authentication failed for 'https://hub/x/'", "denied"],
    ["remote: Forbidden\nfatal: unable to access 'https://hub/x/': The requested URL returned error: 403", "denied"],
    ["remote: Repository not found\nfatal: repository 'https://hub/x/' not found", "missing"],
    ["(pre-receive hook declined) remote: Gitea: branch deploy is protected from force push", "refused"],
    ["remote: Gitea: Not allowed to push to protected branch deploy", "refused"],
    ["fatal: sha1 file '<stdout>' write error: No space left on device", "broken"],
    ["fatal: unable to access 'https://hub/x/': The requested URL returned error: 500", "broken"],
    ["error: remote unpack failed: unable to create temporary object directory", "broken"],
    ["fatal: something that nobody has seen", "unknown"],
  ] as const) {
    it(`means ${state}: ${said.split("\n").at(-1)?.slice(0, 70)}`, () => expect(remoteState(said)).to.equal(state));
  }

  it("has a code and a next step of its own for each state", () => {
    const texts = Object.values(remoteStates);
    expect(new Set(texts.map(({ code }) => code)).size).to.equal(texts.length);
    for (const { code, next } of texts) {
      expect(code).to.match(/^EDGE-GIT-\d{3}$/);
      expect(next).not.to.equal("");
    }
  });

  it("becomes an error with the address, and other errors stay what they are", () => {
    const failed = new GitFailed(
      "git push",
      128,
      "fatal: unable to access 'x': Could not resolve host: hub",
      "exit code 128",
    );
    const error = asRemoteFailure(failed, "https://hub/deploy/porto.git");
    expect(error).to.be.instanceOf(RemoteFailed).and.include({ state: "unreachable", code: "EDGE-GIT-003" });
    expect(String(error)).to.include("https://hub/deploy/porto.git cannot be reached");
    const other = new RangeError("x");
    expect(asRemoteFailure(other, "x")).to.equal(other);
  });
});

describe("what a push says of its refs", () => {
  const deploy = { ref: "refs/heads/deploy", from: "a".repeat(40), to: "b".repeat(40) };
  const stateOf = (stdout: string, stderr = "") =>
    resultsOf(stdout, stderr, [deploy], { url: "https://hub/x" }).map(({ failure }) => failure?.state);

  for (const [title, stdout, stderr, state] of [
    ["moved", "To https://hub/x\n+\tb:refs/heads/deploy\taaa...bbb (forced update)\nDone", "", undefined],
    ["new", "To https://hub/x\n*\tb:refs/heads/deploy\t[new branch]\nDone", "", undefined],
    ["there already", "=\tb:refs/heads/deploy\t[up to date]", "", undefined],
    ["moved by somebody else", "!\tb:refs/heads/deploy\t[rejected] (stale info)", "", "raced"],
    [
      "moved by somebody else in the same moment",
      "!\tb:refs/heads/deploy\t[remote rejected] (failed to update ref)",
      "",
      "raced",
    ],
    [
      "protected",
      "!\tb:refs/heads/deploy\t[remote rejected] (pre-receive hook declined)",
      "remote: Gitea: branch deploy is protected from force push",
      "refused",
    ],
    [
      "not written",
      "!\tb:refs/heads/deploy\t[remote rejected] (unpacker error)",
      "error: remote unpack failed: No space left on device",
      "broken",
    ],
    ["not spoken of", "Done", "", "unknown"],
  ] as const) {
    it(`can be that one was ${title}`, () => expect(stateOf(stdout, stderr)).to.deep.equal([state]));
  }
});

describe("plain text of others", () => {
  it("moves no cursor, holds no login and comes to an end", () => {
    expect(plainText("\u001b[2Jfatal: 'https://a:secret@hub/x'\u0007 \u202enope")).to.equal(
      "fatal: 'https://***@hub/x' nope",
    );
    expect(plainText("x".repeat(10_000))).to.have.length(603);
  });
});
