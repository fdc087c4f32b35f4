import { expect } from "chai";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { publishRelease } from "../../gitops/publish";
import { generateSigningKey, readSigningKey } from "../../signing/key";
import { allRefs, askGit, newFolder, publication, removeFolders } from "./folders";

const repositories = ["fleet.git", "deploy/porto.git", "deploy/site-1.git", "deploy/site-2.git", "deploy/site-3.git"];

/** Kills a publisher once it has told so many steps, and a moment later than that. */
async function killAfter(child: ChildProcess, steps: number, milliseconds: number): Promise<void> {
  const exit = once(child, "exit");
  let told = 0;
  for await (const chunk of child.stdout ?? []) {
    told += String(chunk).length;
    if (told >= steps) break;
  }
  await setTimeout(milliseconds);
  child.kill("SIGKILL");
  await exit;
  // Git processes that it had started see the end of their input and finish or give up.
  await setTimeout(200);
}

describe("a publisher that is killed", () => {
  after(removeFolders);

  it("leaves repositories that the next one completes, with the same commits", async () => {
    const keyFile = join(newFolder(), "key");
    const key = generateSigningKey("test");
    writeFileSync(keyFile, key, { mode: 0o600 });
    const signer = readSigningKey(key, keyFile);
    const clean = newFolder();
    await publishRelease({ ...publication(clean), signer });
    const expected = allRefs(clean, repositories);
    for (const [steps, milliseconds] of [
      [1, 0],
      [1, 4],
      [2, 2],
      [4, 1],
      [5, 6],
      [9, 3],
    ] as const) {
      const folder = newFolder();
      const script = join(__dirname, "killedPublisher.ts");
      const child = spawn(process.execPath, ["--import", "tsx", script, folder, keyFile], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      await killAfter(child, steps, milliseconds);
      await publishRelease({ ...publication(folder), signer });
      expect(allRefs(folder, repositories), `${steps} steps`).to.deep.equal(expected);
      for (const repository of repositories) {
        expect(askGit(join(folder, repository), "fsck", "--strict"), repository).not.to.match(/error|missing|corrupt/);
      }
    }
  }).timeout(60_000);
});
