import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { Hub, ResolvedSite } from "../../fleet/model";
import { gitea } from "./address";
import type { LocalGitea } from "./component";

/** `account:token` of a site's account at the hub. */
export interface HubLogin {
  /** Reads the hub's `deploy/<site>`; secret. */
  readonly read: string;
  /** Writes the hub's `site/<site>`; secret. */
  readonly write: string;
}

export interface GiteaConfigurationArgs {
  readonly site: Pick<ResolvedSite, "name">;
  readonly hub: Pick<Hub, "gitUrl">;
  readonly hubLogin: HubLogin;
  readonly gitea: LocalGitea;
  /** Of the site; signs Gitea's certificate. */
  readonly authority: pulumi.Input<string>;
  /** Of the site's cluster, by whose API server Gitea's pod is reached. */
  readonly kubeconfig: pulumi.Input<string>;
  /** Where Flux is told of news; undefined if nothing takes it. */
  readonly receiver: pulumi.Input<{ readonly url: string; readonly token: string } | undefined>;
}

/**
 * edgewave itself, by the machine that runs the stack (docs/adr/0027). The two variables are set by the driver's workers;
 * without them it is the folder that `pulumi up` is run in.
 */
export const configureCommand = 'exec "${EDGEWAVE_NODE:-node}" "${EDGEWAVE_HOME:-.}/bin/edgewave.js" site git-apply';

/**
 * The configuration of a site's Gitea by its API: mirrors, rights, protection, webhook. It runs when any of it changes,
 * such as a rotated token; what somebody changed at the site since is put back by `edgewave site git NAME`. Destroying it
 * changes nothing: Gitea goes with its volume.
 */
export class GiteaConfiguration extends pulumi.ComponentResource {
  constructor(name: string, args: GiteaConfigurationArgs, opts?: pulumi.ComponentResourceOptions) {
    super("edgewave:gitea:GiteaConfiguration", name, {}, opts);
    new local.Command(
      `${name}-command`,
      {
        create: configureCommand,
        update: configureCommand,
        interpreter: ["/bin/sh", "-c"],
        // Not on the command line, and encrypted in the state.
        stdin: pulumi.secret(inputOf(args)),
      },
      { parent: this, dependsOn: [args.gitea] },
    );
    this.registerOutputs({});
  }
}

function inputOf({ site, hub, hubLogin, gitea: server, ...args }: GiteaConfigurationArgs): pulumi.Output<string> {
  const { administrator, administratorPassword } = server;
  return pulumi
    .all([administrator, administratorPassword, args.authority, args.kubeconfig, args.receiver])
    .apply(([username, password, authority, kubeconfig, receiver]) =>
      JSON.stringify({
        url: `https://${gitea.host}`,
        authority,
        administrator: { username, password },
        kubeconfig,
        git: {
          site: site.name,
          hub: { url: hub.gitUrl, read: login(hubLogin.read), write: login(hubLogin.write) },
          reader: gitea.reader,
          writer: gitea.writer,
          ...(receiver === undefined ? {} : { webhook: { url: receiver.url, secret: receiver.token } }),
        },
      }),
    );
}

function login(line: string): { readonly username: string; readonly token: string } {
  const at = line.indexOf(":");
  return { username: line.slice(0, at), token: line.slice(at + 1) };
}
