import { expect } from "chai";
import { ImageConfig } from "../../../components/images/component";
import type { RegistryAuthentication } from "../../../fleet/model";
import { aRelease, aSite } from "../../support/fleet";
import { isSecret, record, valueOf, type Inputs } from "../recording";

async function accessOf(registryAuthentication: RegistryAuthentication) {
  const site = aSite({ bastion: { registryAuthentication } });
  const args = { site, release: aRelease(), outputDirectory: "/out/porto" };
  const { result, resources } = await record((opts) => new ImageConfig("images", args, opts));
  const written = resources
    .map(({ inputs }: { inputs: Inputs }) => inputs.stdin)
    .filter((content) => content !== undefined);
  return { access: result.access, written };
}

describe("how nodes show the bastion's registry who they are", () => {
  it("is nothing for a registry that knows nobody", async () => {
    const { access } = await accessOf("none");
    expect(await valueOf(access.nodeVariables)).to.deep.equal({});
    expect(access.htpasswd).to.equal(undefined);
  });

  it("is a password that the registry knows by its hash; both are secret, and no file has either", async () => {
    const { access, written } = await accessOf("password");
    const basic = Buffer.from("node:password images-registry-access-password").toString("base64");
    expect(await valueOf(access.nodeVariables)).to.deep.equal({ edgewave_registry_authorization: `Basic ${basic}` });
    expect(await isSecret(access.nodeVariables)).to.equal(true);
    expect(access.htpasswd && (await valueOf(access.htpasswd))).to.equal("node:hash images-registry-access-password");
    expect(access.htpasswd && (await isSecret(access.htpasswd))).to.equal(true);
    expect(written).not.to.deep.equal([]);
    for (const content of written) expect(content).not.to.contain(basic).and.not.contain("images-registry-access");
  });

  it("is a certificate for clients by the site's authority, with a key that no file has", async () => {
    const { access, written } = await accessOf("certificate");
    expect(await valueOf(access.nodeVariables)).to.deep.equal({
      edgewave_registry_client_certificate: "certificate images-registry-access-client",
      edgewave_registry_client_key: "private images-registry-access-client-key",
    });
    expect(await isSecret(access.nodeVariables)).to.equal(true);
    for (const content of written) expect(content).not.to.contain("private images-registry-access");
  });
});
