import { expect } from "chai";
import { readSettings } from "../../kubespray/settings";

const env = { EDGEWAVE_SSH_KEY_FILE: "keys/id", EDGEWAVE_KUBESPRAY: "mirror.git", HOME: "/home/ana" };

describe("the settings of field sites", () => {
  it("take paths relative to where the command is run, and have usual values for the rest", () => {
    expect(readSettings(env, "/work")).to.deep.equal({
      sshKey: "/work/keys/id",
      source: "/work/mirror.git",
      commit: undefined,
      ansible: { kind: "pinned", python: undefined, wheelhouse: undefined },
      preparePlaybook: undefined,
      nodeVariables: {},
      cache: "/home/ana/.cache/edgewave",
      forks: 10,
      stepSeconds: 10_800,
      silenceSeconds: 60,
    });
  });

  it("have the site's secrets from its stack, and say nothing of them where they have another form", () => {
    const of = (text: string) => readSettings({ ...env, EDGEWAVE_NODE_VARIABLES: text }, "/work").nodeVariables;
    const secrets = { edgewave_registry_authorization: "Basic c2VjcmV0" };
    expect(of(JSON.stringify(secrets))).to.deep.equal(secrets);
    for (const text of ["c2VjcmV0", '{"ansible_become": "c2VjcmV0"}', '{"edgewave_a": ["c2VjcmV0"]}']) {
      expect(() => of(text))
        .to.throw(/EDGEWAVE_NODE_VARIABLES/)
        .with.property("message")
        .that.does.not.contain("c2VjcmV0");
    }
  });

  it("take Git URLs as they are", () => {
    for (const url of ["https://git.hub.example/kubespray.git", "ssh://git@hub/kubespray", "file:///srv/k.git"]) {
      expect(readSettings({ ...env, EDGEWAVE_KUBESPRAY: url }, "/work").source).to.equal(url);
    }
  });

  it("may name an environment or an image instead of the pinned one", () => {
    const of = (more: object) => readSettings({ ...env, ...more }, "/work").ansible;
    expect(of({ EDGEWAVE_ANSIBLE_VENV: "venv" })).to.deep.equal({ kind: "venv", folder: "/work/venv" });
    const image = "quay.io/kubespray/kubespray:v2.31.0";
    expect(of({ EDGEWAVE_ANSIBLE_IMAGE: image })).to.deep.equal({ kind: "container", engine: "podman", image });
  });

  it("are told of all at once where they are missing or wrong", () => {
    const wrong = {
      EDGEWAVE_KUBESPRAY: "ext::sh -c id",
      EDGEWAVE_KUBESPRAY_COMMIT: "main",
      EDGEWAVE_ANSIBLE_FORKS: "0",
      EDGEWAVE_STEP_TIMEOUT: "soon",
      EDGEWAVE_ANSIBLE_IMAGE: "--privileged",
    };
    expect(() => readSettings(wrong, "/work")).to.throw(
      /EDGE-KUBESPRAY-001 EDGEWAVE_SSH_KEY_FILE names no .*; EDGEWAVE_KUBESPRAY .*; EDGEWAVE_KUBESPRAY_COMMIT .*; EDGEWAVE_ANSIBLE_IMAGE .*; EDGEWAVE_ANSIBLE_FORKS .*; EDGEWAVE_STEP_TIMEOUT/,
    );
  });
});
