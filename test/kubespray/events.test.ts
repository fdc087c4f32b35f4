import { expect } from "chai";
import { Course, failureText, readEvent, type AnsibleEvent } from "../../kubespray/ansible/events";
import { doingText } from "../../kubespray/runner";
import { secretTexts } from "../../kubespray/secrets";

/** A course that has seen these events, and where each has put it. */
function follow(...events: AnsibleEvent[]) {
  const course = new Course();
  const seen = events.flatMap((event) => course.take(event) ?? []);
  return { course, seen };
}

describe("a line of Ansible's output", () => {
  it("is an event if the callback plugin has written it, and else text for the log", () => {
    expect(readEvent('{"edgewave": "play", "play": "Prepare"}')).to.deep.equal({ edgewave: "play", play: "Prepare" });
    for (const text of ["[WARNING]: old", "{", '{"edgewave":"surprise"}', '{"edgewave":', "null"]) {
      expect(readEvent(text), text).to.equal(undefined);
    }
  });
});

describe("the course of a playbook", () => {
  it("is shown as play, task and host", () => {
    const { seen } = follow(
      { edgewave: "play", play: "Install" },
      { edgewave: "task", task: "Copy files" },
      { edgewave: "host", host: "porto-1", task: "Copy files" },
      { edgewave: "ok", host: "porto-1", task: "Copy files", changed: true },
    );
    expect(seen.map(doingText)).to.deep.equal(["Install, Copy files", "Install, Copy files, porto-1"]);
  });

  it("ends with the failures that nobody ignored, each with its task, host and message", () => {
    const { course } = follow(
      { edgewave: "play", play: "Install" },
      { edgewave: "failed", host: "a", task: "Try", ignored: true, message: "no matter" },
      { edgewave: "failed", host: "a", task: "Unpack", ignored: false, message: "disk full\nno space" },
      { edgewave: "unreachable", host: "b", task: "Unpack", ignored: false, message: "timed out" },
    );
    expect(failureText(course.failures)).to.equal(
      'a failed at the task "Unpack": disk full\n  no space\nb does not answer at the task "Unpack": timed out',
    );
  });

  it("tells the last failures of many, because those ended it", () => {
    const failures = Array.from({ length: 9 }, (_, index) => ({
      play: "p",
      task: "t",
      host: `h${index}`,
      unreachable: false,
      message: "x".repeat(2000),
    }));
    const text = failureText(failures);
    expect(text)
      .to.match(/^h6 failed/)
      .and.to.match(/and 6 earlier failures in the log$/);
    expect(text.length).to.be.below(2200);
  });

  it("has nothing to tell where no task failed", () => expect(failureText([])).to.equal(""));
});

describe("secrets among a site's variables", () => {
  it("are the texts under keys that name them, at any depth", () => {
    const variables = {
      kube_encrypt_secret_data: true,
      containerd_registries_mirrors: [
        { prefix: "docker.io", mirrors: [{ host: "https://b", header: { Authorization: ["Basic YWJj"] } }] },
      ],
      kubeadm_token: "abcdef",
      etcd_compaction_retention: "8",
    };
    expect(secretTexts(variables)).to.deep.equal(["Basic YWJj", "abcdef"]);
  });
});
