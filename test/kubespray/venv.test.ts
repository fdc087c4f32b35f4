import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { KubesprayFailed } from "../../kubespray/failure";
import { pinnedVenv } from "../../kubespray/python/venv";

/** A Python that the runner would take. */
const python = ["python3", "python3.12", "python3.11", "python3.13"].find((command) => {
  try {
    const version = execFileSync(command, ["-c", "import ensurepip, sys; print('%d.%d' % sys.version_info[:2])"], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    return ["3.11", "3.12", "3.13"].includes(version.trim());
  } catch {
    return false;
  }
});

describe("the pinned environment of Ansible", function () {
  this.timeout(300_000);
  let folder: string;
  let wheel: string;

  before(function () {
    if (python === undefined) {
      console.log("      skipped: there is no Python from 3.11 to 3.13 with venv on the PATH");
      this.skip();
    }
    folder = mkdtempSync(path.join(tmpdir(), "edgewave-venv-"));
    mkdirSync(path.join(folder, "wheels"));
    wheel = path.join(folder, "wheels", "tiny-1.0-py3-none-any.whl");
    const make = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w") as wheel:
    wheel.writestr("tiny.py", "answer = 42\\n")
    wheel.writestr("tiny-1.0.dist-info/METADATA", "Metadata-Version: 2.1\\nName: tiny\\nVersion: 1.0\\n")
    wheel.writestr("tiny-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    wheel.writestr("tiny-1.0.dist-info/RECORD", "")
`;
    execFileSync(python, ["-c", make, wheel]);
  });
  after(() => folder !== undefined && rmSync(folder, { recursive: true, force: true }));

  const make = (name: string, hash: string, more: { python?: string } = {}) => {
    const requirements = path.join(folder, `${name}.txt`);
    writeFileSync(requirements, `tiny==1.0 --hash=sha256:${hash}\n`);
    return pinnedVenv({
      requirements,
      python,
      wheelhouse: path.join(folder, "wheels"),
      cache: path.join(folder, "cache"),
      env: { PATH: process.env["PATH"] ?? "", HOME: process.env["HOME"] ?? "" },
      signal: new AbortController().signal,
      ...more,
    });
  };
  const sha = () => createHash("sha256").update(readFileSync(wheel)).digest("hex");

  it("is made once of a folder of wheels, also for two that want it at the same time", async () => {
    const [one, two] = await Promise.all([make("good", sha()), make("good", sha())]);
    expect(two).to.equal(one);
    const answer = execFileSync(path.join(one, "bin", "python"), ["-c", "import tiny; print(tiny.answer)"]);
    expect(answer.toString().trim()).to.equal("42");
    const made = readdirSync(path.join(folder, "cache", "ansible"));
    expect(made).to.have.length(2); // The environment, and the link to it.
  });

  it("is refused if a package is another than was pinned, and nothing is left of it", async () => {
    const before = readdirSync(path.join(folder, "cache", "ansible")).length;
    const error = await make("bad", "0".repeat(64)).catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(KubesprayFailed);
    expect((error as Error).message).to.match(/EDGE-KUBESPRAY-004 Ansible cannot be installed: .*hash/is);
    expect(readdirSync(path.join(folder, "cache", "ansible"))).to.have.length(before);
  });

  it("is refused without a fitting Python, and says what was tried", async () => {
    const error = await make("none", sha(), { python: "/nowhere/python" }).catch((thrown: unknown) => thrown);
    expect((error as Error).message).to.match(
      /EDGE-KUBESPRAY-004 no Python fits Ansible: \/nowhere\/python is not there/,
    );
    expect(existsSync("/nowhere")).to.equal(false);
  });
});
