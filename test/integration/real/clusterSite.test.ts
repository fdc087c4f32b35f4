import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { describeControllers, RealCluster } from "../../engine/providers/kubernetes/real/cluster";
import { PlayedKubelet } from "../../engine/providers/kubernetes/real/kubelet";
import { PlayedProvisioner } from "../../engine/providers/kubernetes/real/provisioner";
import { edgewave } from "../../support/edgewave";
import { aFleet, aLock, aRelease, aSite } from "../../support/fleet";
import { writeFleet } from "../../support/fleetFolder";
import { bothEngines } from "../../support/officialEngine";
import { titled } from "../../support/program";

interface Answer {
  readonly changes?: Readonly<Record<string, number>>;
  readonly resources?: number;
  readonly notes?: readonly string[];
  readonly error?: string;
}

for (const { engine, missing } of bothEngines) {
  describeControllers(
    titled(`a micro site with the target cluster, on a real API server, by the ${engine} engine`, missing),
    function () {
      this.timeout(900_000);
      let folder: string;
      let cluster: RealCluster;
      let provisioner: PlayedProvisioner;
      const kubelets: PlayedKubelet[] = [];
      const namespaces = ["gitea", "flux-system", "ingestion"];

      before(async function () {
        if (missing !== undefined) return this.skip();
        cluster = await RealCluster.get();
        await PlayedKubelet.addNode(cluster).catch(() => undefined);
        provisioner = await PlayedProvisioner.start(cluster, namespaces);
        for (const namespace of namespaces) kubelets.push(new PlayedKubelet(cluster, namespace));
        folder = await mkdtemp(path.join(tmpdir(), "edgewave-cluster-site-"));
        const releases = [aRelease({ lock: aLock() })];
        writeFleet(folder, aFleet({ sites: [aSite({ target: "cluster" })], releases }));
      });
      after(async () => {
        await Promise.all(kubelets.map((kubelet) => kubelet.stop()));
        await provisioner?.stop();
        if (folder !== undefined) await rm(folder, { recursive: true });
      });

      async function site(
        verb: "up" | "preview" | "destroy",
        ...more: string[]
      ): Promise<{ code: number | null } & Answer> {
        const places = ["--fleet", folder, "--out", path.join(folder, "out"), "--engine", engine, "--json"];
        const { code, stdout, stderr } = await edgewave(["site", verb, "porto", ...places, ...more], {
          // The official engine keeps what it likes outside the fleet's folder.
          PULUMI_HOME: path.join(folder, "home"),
        });
        if (stdout === "") throw new Error(stderr);
        return { code, ...(JSON.parse(stdout) as Answer) };
      }

      it("says where its kubeconfig belongs while there is none", async () => {
        const { code, error } = await site("up");
        expect(code).to.equal(1);
        expect(error).to.contain("EDGE-COMPONENT-001").and.contain("kubeconfigs/porto beside fleet.yaml");
        await mkdir(path.join(folder, "kubeconfigs"));
        await writeFile(path.join(folder, "kubeconfigs", "porto"), cluster.kubeconfig, { mode: 0o600 });
      });

      it("is brought up: its objects and its Secrets are in the cluster", async () => {
        const { code, changes, notes, error } = await site("up");
        expect(code, error).to.equal(0);
        // What was refused first has left the stack itself.
        expect(Object.keys(changes ?? {})).to.deep.equal(["create", "same"]);
        expect(notes?.join("\n")).to.match(/image path: \d+ nodes looked at, none changed/);
        const secret = await cluster.find("v1", "Secret", "gitea", "gitea-tls");
        expect(Object.keys(secret?.data ?? {})).to.have.members(["tls.crt", "tls.key"]);
        const repository = await cluster.find("source.toolkit.fluxcd.io/v1", "GitRepository", "flux-system", "deploy");
        expect(JSON.stringify(repository?.spec)).to.contain("deploy/porto");
        const broker = await cluster.find("apps/v1", "StatefulSet", "ingestion", "rabbitmq");
        expect(broker?.status).to.include({ readyReplicas: 1 });
      });

      it("has nothing to change after that", async () => {
        const { code, changes, error } = await site("preview");
        expect(code, error).to.equal(0);
        expect(Object.keys(changes ?? {})).to.deep.equal(["same"]);
      });

      it("is destroyed, and nothing of it stays", async () => {
        const { code, error } = await site("destroy", "--yes");
        expect(code, error).to.equal(0);
        for (const namespace of namespaces) {
          expect(await cluster.find("v1", "Namespace", "", namespace), namespace).to.equal(undefined);
        }
        const kind = "CustomResourceDefinition";
        const name = "gitrepositories.source.toolkit.fluxcd.io";
        expect(await cluster.find("apiextensions.k8s.io/v1", kind, "", name)).to.equal(undefined);
      });
    },
  );
}
