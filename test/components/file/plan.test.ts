import { execFile } from "node:child_process";
import { mkdir, readFile, readdir, stat, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect } from "chai";
import fc from "fast-check";
import { ComponentArgumentError } from "../../../components/argumentError";
import { containedPath, fileCommands, type FileCommands } from "../../../components/file/plan";
import { withFolder } from "../../support/edgewave";

/** Runs a command as the command provider does. */
function sh(command: string, { environment }: FileCommands, stdin = ""): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      "/bin/sh",
      ["-c", command],
      { env: { ...process.env, ...environment } },
      (error, _, stderr) => (error === null ? resolve() : reject(new Error(stderr))),
    );
    child.stdin?.end(stdin);
  });
}

describe("a written file's path", () => {
  const accepted = [
    "hosts.yaml",
    "inventory/hosts.yaml",
    "a b/it's $HOME.yml",
    "images/certs.d/_default/hosts.toml",
    "..a",
  ];
  for (const good of accepted) {
    it(`may be ${JSON.stringify(good)}`, () => expect(containedPath(good)).to.equal(good));
  }

  const refused = [
    "",
    "/etc/passwd",
    "..",
    "../x",
    "a/../../x",
    "a/..",
    "./a",
    "a//b",
    "a/",
    "a\\..\\b",
    "a\nb",
    "a\u0000b",
  ];
  for (const bad of refused) {
    it(`must not be ${JSON.stringify(bad)}`, () => {
      expect(() => containedPath(bad)).to.throw(ComponentArgumentError, "EDGE-COMPONENT-002");
    });
  }

  it("never leads out of the folder, whatever it is made of", () => {
    const part = fc.oneof(fc.constantFrom("..", ".", "", "a", "b c", "~", "$X", "...", "\\"), fc.string());
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), (parts) => {
        const candidate = parts.join("/");
        let taken: string;
        try {
          taken = containedPath(candidate);
        } catch {
          return;
        }
        const resolved = path.posix.resolve("/site", taken);
        expect(resolved.startsWith("/site/")).to.equal(true);
      }),
    );
  });

  it("needs an absolute folder", () => {
    expect(() => fileCommands("out", "a", "public")).to.throw(ComponentArgumentError, "EDGE-COMPONENT-003");
  });

  it("reaches the shell by the environment only", () => {
    const commands = fileCommands("/out/$(touch pwned)", "a'; touch pwned; '", "public");
    expect(commands.write + commands.remove).not.to.contain("pwned");
    expect(commands.environment.FILE).to.equal("/out/$(touch pwned)/a'; touch pwned; '");
  });
});

describe("the commands of a written file", () => {
  it("write, rewrite and remove it, in folders with any characters", async () => {
    await withFolder(async (folder) => {
      const root = path.join(folder, "it's a $(site)");
      const file = fileCommands(root, "in ventory/group `vars`/all.yml", "public");
      await sh(file.write, file, "first\n");
      expect(await readFile(file.environment.FILE, "utf8")).to.equal("first\n");
      await sh(file.write, file, "second");
      expect(await readFile(file.environment.FILE, "utf8")).to.equal("second");
      expect(await readdir(path.dirname(file.environment.FILE))).to.deep.equal(["all.yml"]);
      await sh(file.remove, file);
      expect(await readdir(folder)).to.deep.equal([]);
    });
  });

  it("leave folders that something else still uses", async () => {
    await withFolder(async (folder) => {
      const root = path.join(folder, "site");
      const file = fileCommands(root, "a/b/c.yml", "public");
      await mkdir(path.join(root, "a"), { recursive: true });
      await writeFile(path.join(root, "a", "other.yml"), "");
      await sh(file.write, file, "x");
      await sh(file.remove, file);
      expect(await readdir(path.join(root, "a"))).to.deep.equal(["other.yml"]);
    });
  });

  for (const mode of ["public", "private"] as const) {
    it(`refuse a folder where the ${mode} file should be, and leave nothing in it or beside it`, async () => {
      await withFolder(async (folder) => {
        const root = path.join(folder, "site");
        const file = fileCommands(root, "a/b.yml", mode);
        await mkdir(path.join(root, "a", "b.yml"), { recursive: true });
        const failure = await sh(file.write, file, "x").catch((error: Error) => error);
        expect(failure).to.be.an("error");
        expect(failure?.message).to.contain(`${file.environment.FILE} is a folder, and a file must be written there`);
        expect(await readdir(path.join(root, "a"))).to.deep.equal(["b.yml"]);
        expect(await readdir(path.join(root, "a", "b.yml"))).to.deep.equal([]);
      });
    });
  }

  it("refuse a link to a folder where the file should be", async () => {
    await withFolder(async (folder) => {
      const file = fileCommands(path.join(folder, "site"), "b.yml", "public");
      await mkdir(path.join(folder, "elsewhere"));
      await mkdir(path.join(folder, "site"));
      await symlink(path.join(folder, "elsewhere"), file.environment.FILE);
      const failure = await sh(file.write, file, "x").catch((error: Error) => error);
      expect(failure).to.be.an("error");
      expect(await readdir(path.join(folder, "elsewhere"))).to.deep.equal([]);
    });
  });

  it("fail if a file stands where a folder should be", async () => {
    await withFolder(async (folder) => {
      const file = fileCommands(path.join(folder, "site"), "a/b.yml", "public");
      await mkdir(path.join(folder, "site"));
      await writeFile(path.join(folder, "site", "a"), "");
      const failure = await sh(file.write, file, "x").catch((error: Error) => error);
      expect(failure).to.be.an("error");
    });
  });

  it("remove a file that is gone already", async () => {
    await withFolder(async (folder) => {
      const file = fileCommands(path.join(folder, "site"), "a/b.yml", "public");
      await sh(file.remove, file);
      expect(await readdir(folder)).to.deep.equal([]);
    });
  });

  it("keep a private file to its owner", async () => {
    await withFolder(async (folder) => {
      const file = fileCommands(path.join(folder, "site"), "keys/key.pem", "private");
      await sh(file.write, file, "secret");
      expect((await stat(file.environment.FILE)).mode & 0o777).to.equal(0o600);
      expect((await stat(path.dirname(file.environment.FILE))).mode & 0o777).to.equal(0o700);
    });
  });
});
