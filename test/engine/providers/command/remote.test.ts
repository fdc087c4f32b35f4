import { expect } from "chai";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { AssetOrArchive, Secret, Unknown } from "../../../../engine/property/value";
import type { PropertyMap } from "../../../../engine/property/value";
import { commandProvider } from "../../../../engine/providers/command/provider";
import type { CallContext, ConfiguredProvider } from "../../../../engine/providers/provider";
import { zip } from "../../assets/zip";
import { recordingContext } from "../recording";
import { makeKey, noSshServer, SshServer } from "./sshServer";

const type = "command:remote:Command";
const resource = { urn: "urn:pulumi:dev::p::command:remote:Command::far", type, name: "far", timeout: 0 };
const seed = new Uint8Array(32);

describe("command:remote", () => {
  let provider: ConfiguredProvider;
  before(async () => {
    provider = await commandProvider().configure({}, recordingContext());
  });

  describe("check", () => {
    const check = async (news: PropertyMap, of: string = type) =>
      await provider.check({ ...resource, type: of, olds: {}, news, randomSeed: seed }, recordingContext());

    it("completes the connection and its proxy with the official defaults, as one secret", async () => {
      const connection = { host: "a", privateKey: new Secret("k"), proxy: { host: "b", port: 2 } };
      const all = { user: "root", port: 22, dialErrorLimit: 10, perDialTimeout: 15 };
      expect(await check({ create: "true", connection })).to.deep.equal({
        inputs: {
          create: "true",
          connection: new Secret({ ...all, host: "a", privateKey: "k", proxy: { ...all, host: "b", port: 2 } }),
        },
        failures: [],
      });
    });

    it("takes a connection that is not known yet", async () => {
      expect((await check({ connection: Unknown.value })).failures).to.deep.equal([]);
    });

    const cases: readonly (readonly [string, PropertyMap, string])[] = [
      ["no connection", {}, "connection"],
      ["no host", { connection: {} }, "connection.host"],
      ["an unknown setting", { connection: { host: "a", hots: "b" } }, "connection.hots"],
      ["a port that is text", { connection: { host: "a", port: "22" } }, "connection.port"],
      ["a port out of range", { connection: { host: "a", port: 70000 } }, "connection.port"],
      ["a proxy without a host", { connection: { host: "a", proxy: {} } }, "connection.proxy.host"],
      ["a property that commands lack", { connection: { host: "a" }, interpreter: ["sh"] }, "interpreter"],
    ];
    for (const [what, inputs, property] of cases) {
      it(`finds ${what}`, async () => {
        expect((await check(inputs)).failures.map((failure) => failure.property)).to.deep.equal([property]);
      });
    }

    it("refuses a copy of something else, and one without a path", async () => {
      const { failures } = await check({ connection: { host: "a" }, source: "a" }, "command:remote:CopyToRemote");
      expect(failures.map(({ property }) => property)).to.deep.equal(["source", "remotePath"]);
    });
  });

  it("finds no difference in a connection whose parts are marked secret once more", async () => {
    const request = { ...resource, id: "far1", oldOutputs: {}, ignoreChanges: [] };
    const oldInputs = { connection: new Secret({ host: "a", privateKey: new Secret("k") }) };
    const newInputs = { connection: new Secret({ host: "a", privateKey: "k" }) };
    expect(await provider.diff({ ...request, oldInputs, newInputs }, recordingContext())).to.include({
      changes: "none",
    });
  });

  it("replaces a CopyFile for any change, which the official one cannot update", async () => {
    const request = { ...resource, type: "command:remote:CopyFile", id: "1", oldOutputs: {}, ignoreChanges: [] };
    const found = await provider.diff(
      { ...request, oldInputs: { localPath: "a" }, newInputs: { localPath: "b" } },
      recordingContext(),
    );
    expect(found.replaces).to.deep.equal(["localPath"]);
  });

  describe("on a real SSH server", function () {
    this.timeout(60_000);
    let folder: string;
    let host: SshServer;
    let jump: SshServer;
    let connection: PropertyMap;
    before(async function () {
      if (noSshServer !== undefined) {
        console.log(`      skipped: ${noSshServer}`);
        this.skip();
      }
      folder = mkdtempSync(path.join(tmpdir(), "edgewave-remote-"));
      host = await SshServer.start(path.join(folder, "host"), ["AcceptEnv FOO PULUMI_COMMAND_*"]);
      jump = await SshServer.start(path.join(folder, "jump"));
      connection = {
        host: "127.0.0.1",
        port: host.port,
        privateKey: host.privateKey,
        hostKey: host.hostKey,
        dialErrorLimit: 0,
        perDialTimeout: 10,
      };
    });
    after(() => {
      host?.stop();
      jump?.stop();
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    });

    const create = async (inputs: PropertyMap, context: CallContext = recordingContext()) =>
      await provider.create(
        { ...resource, inputs: { connection: new Secret(connection), ...inputs }, preview: false },
        context,
      );

    it("runs a command with environment and standard input, and keeps both streams", async () => {
      const created = await create({
        create: 'cat; echo "$FOO"; echo wrong >&2',
        stdin: "in\n",
        environment: { FOO: "bar" },
      });
      expect(created.outputs).to.deep.include({ stdout: "in\nbar", stderr: "wrong" });
      expect(created.outputs["connection"]).to.be.instanceOf(Secret);
      expect(created.id).to.match(/^far[0-9a-f]{8}$/);
    });

    it("streams lines while the command runs, with secrets hidden", async () => {
      const context = recordingContext();
      await create({ create: "echo one; echo $FOO", environment: { FOO: new Secret("very-secret") } }, context);
      expect(context.logged).to.deep.equal([
        { severity: "info", message: "one", ephemeral: true },
        { severity: "info", message: "[secret]", ephemeral: true },
      ]);
    });

    it("streams nothing where logging is none", async () => {
      const context = recordingContext();
      expect((await create({ create: "echo one", logging: "none" }, context)).outputs["stdout"]).to.equal("one");
      expect(context.logged).to.deep.equal([]);
    });

    it("fails by name for a variable that the server does not accept, and runs nothing for long", async () => {
      const message = await messageOf(create({ create: "sleep 30", environment: { OTHER: "x" } }));
      expect(message).to.include("EDGE-COMMAND-007").and.include("OTHER").and.include("AcceptEnv");
    });

    it("fails with exit status, host and output", async () => {
      const message = await messageOf(create({ create: "echo said; exit 3" }));
      expect(message).to.include("EDGE-COMMAND-001").and.include("status 3").and.include("127.0.0.1");
      expect(message).to.include("said").and.not.include("PRIVATE KEY");
    });

    it("updates with what the last run wrote, and deletes with the delete command", async () => {
      const mark = path.join(folder, "deleted");
      const inputs = { connection: new Secret(connection), update: "echo again $PULUMI_COMMAND_STDOUT" };
      const oldOutputs = { ...inputs, stdout: "first", stderr: "" };
      const updated = await provider.update(
        {
          ...resource,
          id: "far1",
          oldInputs: inputs,
          oldOutputs,
          newInputs: inputs,
          ignoreChanges: [],
          preview: false,
        },
        recordingContext(),
      );
      expect(updated.outputs["stdout"]).to.equal("again first");
      const outputs = { ...updated.outputs, delete: `echo gone > ${mark}` };
      await provider.delete({ ...resource, id: "far1", inputs, outputs }, recordingContext());
      expect(readFileSync(mark, "utf8")).to.equal("gone\n");
    });

    it("goes through a jump host, which has another key and host key", async () => {
      const proxy = { host: "127.0.0.1", port: jump.port, privateKey: jump.privateKey, hostKey: jump.hostKey };
      const created = await create({ create: "echo there", connection: new Secret({ ...connection, proxy }) });
      expect(created.outputs["stdout"]).to.equal("there");
      expect(jump.log()).to.include("Accepted publickey");
    });

    it("names a host that its proxy does not reach", async () => {
      const proxy = { host: "127.0.0.1", port: jump.port, privateKey: jump.privateKey };
      const message = await messageOf(create({ create: "true", connection: { ...connection, port: 1, proxy } }));
      expect(message).to.include("EDGE-COMMAND-004").and.include("127.0.0.1:1");
    });

    it("opens an encrypted key with its password, and says so where it cannot", async () => {
      const file = path.join(folder, "locked");
      makeKey(file, "open sesame");
      const locked = { ...connection, privateKey: readFileSync(file, "utf8") };
      expect(await messageOf(create({ create: "true", connection: locked }))).to.include("EDGE-COMMAND-006");
      const wrongUser = { ...locked, privateKeyPassword: "open sesame" };
      // It is read, and then the server does not know it.
      expect(await messageOf(create({ create: "true", connection: wrongUser }))).to.include("EDGE-COMMAND-004");
    });

    it("refuses a host with another key than expected, at once and with both sides named", async () => {
      const wrong = { ...connection, hostKey: jump.hostKey, dialErrorLimit: -1 };
      const message = await messageOf(create({ create: "true", connection: wrong }));
      expect(message).to.include("EDGE-COMMAND-005").and.include(host.hostKey.split(" ")[1]);
    });

    it("gives up a host that accepts and then says nothing", async () => {
      const sockets: Socket[] = [];
      const mute = createServer((socket) => void sockets.push(socket));
      await new Promise<void>((ready) => mute.listen(0, "127.0.0.1", ready));
      const { port } = mute.address() as AddressInfo;
      const context = recordingContext();
      const silent = { ...connection, port, perDialTimeout: 0.3, dialErrorLimit: 1 };
      const message = await messageOf(create({ create: "true", connection: silent }, context));
      expect(message).to.include("EDGE-COMMAND-004").and.include("after 2 tries");
      expect(context.logged.map(({ message: text }) => text)).to.deep.equal(["Dial 1/1 failed: retrying"]);
      sockets.forEach((socket) => socket.destroy());
      mute.close();
    });

    it("gives up a host that is not there", async () => {
      const closed = createServer();
      await new Promise<void>((ready) => closed.listen(0, "127.0.0.1", ready));
      const { port } = closed.address() as AddressInfo;
      await new Promise((done) => closed.close(done));
      const message = await messageOf(create({ create: "true", connection: { ...connection, port } }));
      expect(message).to.include("EDGE-COMMAND-004").and.include("ECONNREFUSED").and.include(String(port));
    });

    it("ends the remote process group when the run is cancelled", async () => {
      const controller = new AbortController();
      const mark = path.join(folder, "cancelled");
      const running = create(
        { create: `trap 'echo ended > ${mark}; exit 1' INT; sleep 60 & echo $! > ${mark}.pid; echo up; wait` },
        {
          ...recordingContext({ signal: controller.signal }),
          log: (_, message) => message === "up" && controller.abort(),
        },
      );
      expect(await messageOf(running)).to.include("cancelled");
      const sleeper = Number(readFileSync(`${mark}.pid`, "utf8"));
      for (let tries = 0; tries < 50 && isAlive(sleeper); tries++) await sleep(100);
      // The shell ended by itself; what it left in the background minds no interrupt, and was killed.
      expect(isAlive(sleeper)).to.equal(false);
      expect(readFileSync(mark, "utf8")).to.equal("ended\n");
    });

    it("kills a command that minds no signal", async () => {
      const controller = new AbortController();
      const pid = path.join(folder, "stubborn.pid");
      const running = create(
        { create: `trap '' INT TERM; echo $$ > ${pid}; echo up; while :; do sleep 1; done` },
        {
          ...recordingContext({ signal: controller.signal }),
          log: (_, message) => message === "up" && controller.abort(),
        },
      );
      expect(await messageOf(running)).to.include("cancelled");
      for (let tries = 0; tries < 50 && isAlive(Number(readFileSync(pid, "utf8"))); tries++) await sleep(100);
      expect(isAlive(Number(readFileSync(pid, "utf8")))).to.equal(false);
    });

    describe("copies", () => {
      const copy = async (of: "CopyToRemote" | "CopyFile", inputs: PropertyMap) =>
        await provider.create(
          {
            ...resource,
            type: `command:remote:${of}`,
            inputs: { connection: new Secret(connection), ...inputs },
            preview: false,
          },
          recordingContext({ directory: folder }),
        );
      const text = (content: string) =>
        new AssetOrArchive("asset", createHash("sha256").update(content).digest("hex"), { text: content });

      it("text to a file, with the folders above it", async () => {
        const remotePath = path.join(folder, "new/below/file.txt");
        const created = await copy("CopyToRemote", { source: text("content"), remotePath });
        expect(readFileSync(remotePath, "utf8")).to.equal("content");
        expect(created.id).to.match(/^[0-9a-f]{8}$/);
        expect(created.outputs["source"]).to.deep.equal(text("content"));
      });

      it("a file into a folder under its own name, from the project's folder on", async () => {
        writeFileSync(path.join(folder, "local.bin"), Buffer.alloc(300_000, 7));
        mkdirSync(path.join(folder, "target"));
        const source = new AssetOrArchive("asset", "1", { path: "local.bin" });
        await copy("CopyToRemote", { source, remotePath: path.join(folder, "target") });
        expect(readFileSync(path.join(folder, "target/local.bin"))).to.deep.equal(Buffer.alloc(300_000, 7));
      });

      it("a folder with its name, and what is in it without", async () => {
        mkdirSync(path.join(folder, "tree/deep"), { recursive: true });
        writeFileSync(path.join(folder, "tree/deep/leaf"), "green");
        const archive = (from: string) => new AssetOrArchive("archive", "1", { path: from });
        await copy("CopyToRemote", { source: archive("tree"), remotePath: path.join(folder, "whole") });
        expect(readFileSync(path.join(folder, "whole/tree/deep/leaf"), "utf8")).to.equal("green");
        await copy("CopyToRemote", { source: archive("tree/"), remotePath: path.join(folder, "parts") });
        expect(readFileSync(path.join(folder, "parts/deep/leaf"), "utf8")).to.equal("green");
      });

      it("the files of an archive of assets, and an archive file as it is", async () => {
        writeFileSync(path.join(folder, "in.zip"), zip([["b/c.txt", "packed"]]));
        const packed = new AssetOrArchive("archive", "1", { path: "in.zip" });
        const source = new AssetOrArchive("archive", "2", { assets: { "a.txt": text("plain"), sub: packed } });
        await copy("CopyToRemote", { source, remotePath: path.join(folder, "unpacked") });
        expect(readFileSync(path.join(folder, "unpacked/a.txt"), "utf8")).to.equal("plain");
        expect(readFileSync(path.join(folder, "unpacked/sub/b/c.txt"), "utf8")).to.equal("packed");
        await copy("CopyToRemote", { source: packed, remotePath: path.join(folder, "unpacked") });
        expect(readFileSync(path.join(folder, "unpacked/in.zip"))).to.deep.equal(zip([["b/c.txt", "packed"]]));
      });

      it("what a URI gives, under its name", async () => {
        const source = new AssetOrArchive("asset", "1", { uri: `file://${folder}/in.zip` });
        mkdirSync(path.join(folder, "got"));
        await copy("CopyToRemote", { source, remotePath: path.join(folder, "got") });
        expect(readFileSync(path.join(folder, "got/in.zip"))).to.deep.equal(zip([["b/c.txt", "packed"]]));
      });

      it("nothing that an archive would put outside of its folder", async () => {
        const source = new AssetOrArchive("archive", "2", { assets: { "../out.txt": text("bad") } });
        const message = await messageOf(copy("CopyToRemote", { source, remotePath: path.join(folder, "unpacked") }));
        expect(message).to.include("lies outside of it");
        expect(existsSync(path.join(folder, "out.txt"))).to.equal(false);
      });

      it("an empty text", async () => {
        const remotePath = path.join(folder, "empty.txt");
        await copy("CopyToRemote", { source: text(""), remotePath });
        expect(readFileSync(remotePath, "utf8")).to.equal("");
      });

      it("again only when content or place have changed", async () => {
        const remotePath = path.join(folder, "kept.txt");
        const inputs = { connection: new Secret(connection), source: text("one"), remotePath };
        await copy("CopyToRemote", inputs);
        writeFileSync(remotePath, "edited there");
        const request = {
          ...resource,
          type: "command:remote:CopyToRemote",
          id: "1",
          ignoreChanges: [],
          preview: false,
        };
        const same = { ...request, oldInputs: inputs, oldOutputs: inputs, newInputs: { ...inputs, triggers: ["x"] } };
        await provider.update(same, recordingContext());
        expect(readFileSync(remotePath, "utf8")).to.equal("edited there");
        await provider.update({ ...same, newInputs: { ...inputs, source: text("two") } }, recordingContext());
        expect(readFileSync(remotePath, "utf8")).to.equal("two");
      });

      it("a file by CopyFile, and names one that is not there", async () => {
        writeFileSync(path.join(folder, "plain.txt"), "plain");
        const remotePath = path.join(folder, "copied.txt");
        await copy("CopyFile", { localPath: "plain.txt", remotePath });
        expect(readFileSync(remotePath, "utf8")).to.equal("plain");
        const message = await messageOf(copy("CopyFile", { localPath: "absent.txt", remotePath }));
        expect(message).to.include("EDGE-COMMAND-008").and.include("absent.txt");
      });

      it("nothing over a folder with text, which has no name", async () => {
        const message = await messageOf(copy("CopyToRemote", { source: text("x"), remotePath: folder }));
        expect(message).to.include("EDGE-COMMAND-008").and.include("is a folder");
      });
    });
  });
});

async function messageOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("nothing was thrown");
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
