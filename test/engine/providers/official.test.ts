import { expect } from "chai";
import { isMap } from "../../../engine/property/shape";
import { Secret } from "../../../engine/property/value";
import type { PropertyMap, PropertyValue } from "../../../engine/property/value";
import type { ConfiguredProvider } from "../../../engine/providers/provider";
import { builtinProviders } from "../../../engine/providers/registry";
import { tlsProvider } from "../../../engine/providers/tls/provider";
import { recordedResources, recordingContext } from "./recording";
import type { RecordedResource } from "./recording";

const seed = new Uint8Array(32);

describe("the embedded providers on what the official ones recorded", () => {
  for (const name of ["random", "command", "render", "tls"] as const) {
    for (const step of ["2-up", "5-up-changed"] as const) {
      describe(`${name}, ${step}`, () => {
        let resources: RecordedResource[];
        before(async () => {
          resources = await recordedResources(name, step);
        });

        it("check the recorded inputs to the same inputs", async () => {
          for (const resource of resources.filter(isNoProvider)) {
            const provider = await configured(resources, resource);
            const checked = await provider.check(
              { ...resource, olds: resource.inputs, news: resource.inputs, randomSeed: seed },
              recordingContext(),
            );
            expect(checked, resource.urn).to.deep.equal({ inputs: resource.inputs, failures: [] });
          }
        });

        it("find nothing to change", async () => {
          for (const resource of resources.filter(isNoProvider)) {
            const provider = await configured(resources, resource);
            const request = {
              ...resource,
              oldInputs: resource.inputs,
              oldOutputs: resource.outputs,
              newInputs: resource.inputs,
              ignoreChanges: [],
            };
            const found = await provider.diff(request, recordingContext());
            expect(found, resource.urn).to.include({ changes: "none", deleteBeforeReplace: false });
            expect(found.replaces, resource.urn).to.deep.equal([]);
          }
        });

        it("read back what is stored", async () => {
          for (const resource of resources.filter(isNoProvider)) {
            const provider = await configured(resources, resource);
            const read = await provider.read(resource, recordingContext());
            expect(read, resource.urn).to.deep.equal({
              id: resource.id,
              inputs: resource.inputs,
              outputs: resource.outputs,
            });
          }
        });

        it("accept the recorded configuration and find it unchanged", async () => {
          for (const resource of resources.filter((found) => !isNoProvider(found))) {
            const provider = builtin(resource.type.replace("pulumi:providers:", ""));
            const request = { ...resource, olds: resource.inputs, news: resource.inputs, randomSeed: seed };
            expect(await provider.checkConfig(request)).to.deep.equal({ inputs: resource.inputs, failures: [] });
            const diff = await provider.diffConfig({
              ...resource,
              oldInputs: resource.inputs,
              oldOutputs: resource.outputs,
              newInputs: resource.inputs,
              ignoreChanges: [],
            });
            expect(diff.changes).to.equal("none");
          }
        });
      });
    }
  }

  for (const name of ["random", "command", "tls"] as const) {
    it(`create ${name} resources with outputs and ids of the recorded shape`, async () => {
      const resources = await recordedResources(name, "2-up");
      for (const resource of resources.filter(isNoProvider)) {
        if ("environment" in resource.inputs && "stdin" in resource.inputs) continue;
        const provider = await configured(resources, resource);
        const created = await provider.create(
          { ...resource, timeout: 0, preview: false },
          recordingContext({ directory: "/" }),
        );
        const stdout = resource.outputs["stdout"];
        const expected = stdout instanceof Secret ? { ...resource.outputs, stdout: stdout.element } : resource.outputs;
        expect(shape(created.outputs), resource.urn).to.deep.equal(shape(expected));
        expect(idShape(created.id), resource.urn).to.equal(idShape(resource.id));
      }
    });
  }
});

function isNoProvider(resource: RecordedResource): boolean {
  return !resource.type.startsWith("pulumi:providers:");
}

async function configured(resources: RecordedResource[], resource: RecordedResource): Promise<ConfiguredProvider> {
  const name = resource.type.split(":")[0] ?? "";
  const own = resources.find((found) => found.type === `pulumi:providers:${name}`);
  return await builtin(name).configure(own?.inputs ?? {}, recordingContext());
}

/** The recorded certificates end some day; to the tests it is the week of the recording. */
const recordedAt = new Date("2026-11-25T00:00:00Z");

function builtin(name: string): ReturnType<typeof builtinProviders>[number] {
  if (name === "tls") return tlsProvider(() => recordedAt);
  const found = builtinProviders().find((provider) => provider.name === name);
  if (found === undefined) throw new Error(`no provider ${name}`);
  return found;
}

/** Keys, kinds and secrecy in place of values; the bridge's own notes stay whole. */
function shape(outputs: PropertyMap): unknown {
  const { __pulumi_raw_state_delta: delta, __meta: meta, ...rest } = outputs;
  return { delta, meta, rest: kindOf(rest) };
}

function kindOf(value: PropertyValue): unknown {
  if (value instanceof Secret) return { secret: kindOf(value.element) };
  if (Array.isArray(value)) return value.map(kindOf);
  if (isMap(value)) return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, kindOf(part)]));
  return typeof value;
}

function idShape(id: string): string {
  if (/^[a-z]+-[a-z]+$/.test(id)) return "pet";
  if (/^\d+$/.test(id)) return "number";
  return id
    .replace(/[0-9a-f]{8}$/, "HEX")
    .replace(/^[0-9a-f-]{28}HEX$/, "UUID")
    .replace(/^[0-9a-f]{32}HEX$/, "SHA1")
    .replace(/^.{43}=$/, "BASE64")
    .replace(/^.{8}$/, "EIGHT");
}
