import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import type { ResolvedSite } from "../../../fleet/model";
import { describeControllers, RealCluster } from "../../engine/providers/kubernetes/real/cluster";
import { PlayedKubelet } from "../../engine/providers/kubernetes/real/kubelet";
import { PlayedProvisioner } from "../../engine/providers/kubernetes/real/provisioner";
import { ApiFront } from "../../kubespray/apiFront";
import { FieldSite } from "../../kubespray/fieldSite";
import { needsHosts, SiteNetwork } from "../../kubespray/network";
import { PlaybookRepository } from "../../kubespray/playbooks";
import { needsAnsible } from "../../support/ansible";
import { edgewave } from "../../support/edgewave";
import { aFleet, aLock, aRelease, aSite } from "../../support/fleet";
import { writeFleet } from "../../support/fleetFolder";
import { bothEngines } from "../../support/officialEngine";
import { titled } from "../../support/program";

interface Answer {
  readonly changes?: Readonly<Record<string, number>>;
  readonly notes?: readonly string[];
  readonly error?: string;
}

for (const { engine, missing } of bothEngines) {
  describeControllers(
    titled(
      `a micro site with the target field, from bare hosts to objects on a real API server, by the ${engine} engine`,
      missing,
    ),
    function () {
      this.timeout(900_000);
      let folder: string;
      let network: SiteNetwork;
      let front: ApiFront;
      let field: FieldSite;
      let site: ResolvedSite;
      let cluster: RealCluster;
      let provisioner: PlayedProvisioner;
      const kubelets: PlayedKubelet[] = [];
      const namespaces = ["gitea", "flux-system", "ingestion"];

      before(async function () {
        if (missing !== undefined) return this.skip();
        needsHosts(this);
        const ansible = await needsAnsible(this);
        cluster = await RealCluster.get();
        await PlayedKubelet.addNode(cluster).catch(() => undefined);
        provisioner = await PlayedProvisioner.start(cluster, namespaces);
        for (const namespace of namespaces) kubelets.push(new PlayedKubelet(cluster, namespace));
        folder = mkdtempSync(path.join(tmpdir(), "ew-field-"));
        network = await SiteNetwork.start(folder, { cp: 11 });
        const { address, hostKey } = network.host("cp");
        front = await ApiFront.start(folder, cluster.kubeconfig, address, network.spaceOf("cp"));
        const playbooks = new PlaybookRepository(folder, "v2.31.0", front.adminConf);
        field = new FieldSite(folder, network, playbooks, ansible.folder);
        const plain = aSite({ target: "field" });
        site = {
          ...field.site,
          profile: "micro",
          ingestion: plain.ingestion,
          nodes: plain.nodes.map((node) => ({ ...node, name: "cp", address, hostKeys: [hostKey] })),
        };
        write();
      });
      after(async () => {
        await Promise.all(kubelets.map((kubelet) => kubelet.stop()));
        await provisioner?.stop();
        front?.stop();
        network?.stop();
        if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
      });

      const write = (kubernetes = "1.34.3") => {
        const release = aRelease({ kubernetes });
        writeFleet(
          path.join(folder, "fleet"),
          aFleet({ sites: [site], releases: [{ ...release, lock: aLock(release) }] }),
        );
      };
      const run = async (
        verb: "up" | "preview" | "destroy",
        ...more: string[]
      ): Promise<{ code: number | null } & Answer> => {
        const places = ["--fleet", path.join(folder, "fleet"), "--out", path.join(folder, "out")];
        const args = ["site", verb, "porto", ...places, "--engine", engine, "--json", ...more];
        const { code, stdout, stderr } = await edgewave(args, {
          ...field.settings(),
          PULUMI_HOME: path.join(folder, "home"),
        });
        if (stdout === "") throw new Error(stderr);
        return { code, ...(JSON.parse(stdout) as Answer) };
      };

      it("shows before the first run what it will take", async () => {
        const { code, notes, error } = await run("preview");
        expect(code, error).to.equal(0);
        expect(notes?.map((note) => note.replace(/: .*/, ""))).to.deep.equal(["kubespray 1 of 2", "kubespray 2 of 2"]);
        expect(field.takeTrace()).to.deep.equal([]);
      });

      it("tells the failing task and host of a run that fails, and is taken up by the next", async () => {
        writeFileSync(field.playbooks.switch("fail cp"), "");
        const { code, error } = await run("up");
        expect(code).to.equal(1);
        expect(error).to.match(/cp failed at the task "Install what the node needs"/);
        expect(error).to.contain("disk full");
        expect(field.takeTrace()).to.deep.equal(["prepare cp 1.34.3", "cluster cp 1.34.3"]);
        rmSync(field.playbooks.switch("fail cp"));
      });

      it("is brought up: its playbooks are run, then its objects are made through the bastion", async () => {
        const { code, changes, error } = await run("up");
        expect(code, error).to.equal(0);
        expect(changes?.["create"]).to.be.above(50);
        expect(field.takeTrace()).to.deep.equal(["cluster cp 1.34.3"]);
        expect(await cluster.find("v1", "Secret", "gitea", "gitea-tls")).not.to.equal(undefined);
      });

      it("has nothing to change after that", async () => {
        const { code, changes, notes, error } = await run("preview");
        expect(code, error).to.equal(0);
        expect(notes).to.deep.equal(["kubespray: nothing to run"]);
        expect(Object.keys(changes ?? {})).to.deep.equal(["same"]);
      });

      it("is upgraded in place: the cluster's resource is updated and no object is replaced", async () => {
        write("1.35.4");
        const { code, changes, error } = await run("up");
        expect(code, error).to.equal(0);
        expect(changes).not.to.have.any.keys("replace", "delete");
        expect(field.takeTrace()).to.deep.equal(["upgrade-cluster cp 1.35.4"]);
      });

      it("is destroyed with its nodes reset, as it was allowed to be", async () => {
        const { code, error } = await run("destroy", "--yes", "--nodes", "reset");
        expect(code, error).to.equal(0);
        expect(field.takeTrace()).to.deep.equal(["reset cp 1.35.4"]);
        for (const namespace of namespaces) {
          expect(await cluster.find("v1", "Namespace", "", namespace), namespace).to.equal(undefined);
        }
      });
    },
  );
}
