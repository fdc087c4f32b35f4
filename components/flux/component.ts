import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import { CustomResourceDefinition } from "@pulumi/kubernetes/apiextensions/v1";
import * as apps from "@pulumi/kubernetes/apps/v1";
import * as core from "@pulumi/kubernetes/core/v1";
import * as networking from "@pulumi/kubernetes/networking/v1";
import * as rbac from "@pulumi/kubernetes/rbac/v1";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { workloadsOf } from "../../profiles";
import { restrictedNamespaceLabels } from "../pods/security";
import { volumeAnnotations, volumeClaim } from "../pods/storage";
import { controllerRules, controllerSubjects, networkPolicies, reconcilerSubjects } from "./access";
import { flux } from "./address";
import type { FluxBootstrapArgs } from "./args";
import { artifactsClaim, controllerPod, controllersOf, servicesOf, type Controller } from "./controllers";
import { customResourceDefinition } from "./crdSchema";
import { fluxKinds } from "./crds";
import { notificationObjects, receiverSecret, receiverUrl } from "./notification";
import { deployPath, syncObjects, syncSecrets } from "./sync";
import { verificationOf } from "./verification";

/** Flux on the site, following the site's own Gitea: what must exist before Git can deliver the rest. */
export class FluxBootstrap extends pulumi.ComponentResource {
  /** Names to watch for a revision and for readiness, in `namespace`. */
  readonly namespace: pulumi.Output<string>;
  readonly gitRepository: pulumi.Output<string>;
  readonly kustomizations: pulumi.Output<readonly string[]>;
  /** Folder of the deploy repository that is applied. */
  readonly path: pulumi.Output<string>;
  /** Whether Flux takes only signed releases, and if not, why; for people. */
  readonly verification: pulumi.Output<string>;
  /** Where Gitea sends webhooks, and the token that it signs them with; secret. Undefined if nothing takes them. */
  readonly receiver: pulumi.Output<{ readonly url: string; readonly token: string } | undefined>;

  constructor(name: string, args: FluxBootstrapArgs, opts?: pulumi.ComponentResourceOptions) {
    const { site, release, profile } = args;
    const controllers = controllersOf(workloadsOf(profile, site.ingestion.buffer));
    const urls = { deploy: args.git.deployUrl, site: args.git.siteUrl };
    const verification = verificationOf(site, release, args.signers);
    const sync = syncObjects(profile, urls, verification.required, args.decryptionKey !== undefined);
    super("edgewave:flux:FluxBootstrap", name, {}, opts);
    const space = new core.Namespace(
      `${name}-namespace`,
      { metadata: { name: flux.namespace, labels: restrictedNamespaceLabels() } },
      { parent: this, provider: args.provider },
    );
    const onCluster = { parent: this, provider: args.provider, dependsOn: [space] };
    // A new Flux finds its kinds as it knows them: definitions first, then controllers, then what they reconcile.
    const kinds = controllers
      .flatMap((controller) => fluxKinds[controller.name])
      .map((kind) => new CustomResourceDefinition(`${name}-${kind.plural}`, customResourceDefinition(kind), onCluster));
    this.grantAccess(name, controllers, onCluster);
    const afterKinds = { ...onCluster, dependsOn: [space, ...kinds] };
    const running = controllers.map((each) => this.runController(name, args, each, controllers, afterKinds));
    // They are deleted while the controllers still run, which take their finalizers off.
    const onFlux = { ...onCluster, dependsOn: [space, ...kinds, ...running] };
    for (const { name: service, spec } of servicesOf(controllers)) {
      new core.Service(`${name}-${service}`, { metadata: labelled(service), spec }, onCluster);
    }
    for (const { name: policy, spec } of networkPolicies(site, controllers)) {
      new networking.NetworkPolicy(`${name}-${policy}`, { metadata: labelled(policy), spec }, onCluster);
    }

    args.secrets.keep(
      {
        namespace: flux.namespace,
        name: syncSecrets.reader,
        type: "Opaque",
        data: { username: args.git.username, password: args.git.password, "ca.crt": args.git.authority },
      },
      onCluster,
    );
    args.secrets.keep(
      {
        namespace: flux.namespace,
        name: syncSecrets.registryAuthority,
        type: "Opaque",
        data: { "ca.crt": args.git.authority },
      },
      onCluster,
    );
    if (verification.required) {
      const { data } = verification;
      args.secrets.keep({ namespace: flux.namespace, name: syncSecrets.signers, type: "Opaque", data }, onCluster);
    }
    if (args.decryptionKey !== undefined) {
      const data = { "site.agekey": args.decryptionKey };
      args.secrets.keep({ namespace: flux.namespace, name: flux.decryptionSecret, type: "Opaque", data }, onCluster);
    }
    new CustomResource(`${name}-deploy-repository`, sync.deployRepository, onFlux);
    new CustomResource(`${name}-site-repository`, sync.siteRepository, onFlux);
    new CustomResource(`${name}-deploy`, sync.deployKustomization, onFlux);
    new CustomResource(`${name}-site`, sync.siteKustomization, onFlux);
    this.receiver = this.notify(name, args, controllers, onCluster, onFlux);

    this.namespace = pulumi.output(flux.namespace);
    this.gitRepository = pulumi.output(sync.deployRepository.metadata.name);
    this.kustomizations = pulumi.output([sync.deployKustomization.metadata.name, sync.siteKustomization.metadata.name]);
    this.path = pulumi.output(deployPath);
    this.verification = pulumi.output(verification.explanation);
    this.registerOutputs({
      namespace: this.namespace,
      gitRepository: this.gitRepository,
      kustomizations: this.kustomizations,
      path: this.path,
      verification: this.verification,
      receiver: this.receiver,
    });
  }

  /** To the site's own channel, and from its Gitea; the token is signed with, never sent. */
  private notify(
    name: string,
    { secrets }: FluxBootstrapArgs,
    controllers: readonly Controller[],
    onCluster: pulumi.CustomResourceOptions,
    onFlux: pulumi.CustomResourceOptions,
  ): pulumi.Output<{ readonly url: string; readonly token: string } | undefined> {
    if (!controllers.some((controller) => controller.name === "notification")) return pulumi.output(undefined);
    const { result: token } = new random.RandomPassword(
      `${name}-webhook`,
      { length: 40, special: false },
      { parent: this },
    );
    secrets.keep({ namespace: flux.namespace, name: receiverSecret, type: "Opaque", data: { token } }, onCluster);
    const { provider, alert, receiver } = notificationObjects();
    new CustomResource(`${name}-provider`, provider, onFlux);
    new CustomResource(`${name}-alert`, alert, onFlux);
    new CustomResource(`${name}-receiver`, receiver, onFlux);
    return pulumi.secret(token.apply((known) => ({ url: receiverUrl(known), token: known })));
  }

  private grantAccess(name: string, controllers: readonly Controller[], onCluster: pulumi.CustomResourceOptions): void {
    for (const { object } of controllers) {
      new core.ServiceAccount(`${name}-${object}-account`, { metadata: labelled(object) }, onCluster);
    }
    const roleRef = (role: string) => ({ apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: role });
    const metadata = (object: string) => ({ name: object, labels: labels(object) });
    new rbac.ClusterRole(
      `${name}-controller-role`,
      { metadata: metadata("crd-controller"), rules: controllerRules },
      onCluster,
    );
    new rbac.ClusterRoleBinding(
      `${name}-controller-binding`,
      {
        metadata: metadata("crd-controller"),
        roleRef: roleRef("crd-controller"),
        subjects: controllerSubjects(controllers),
      },
      onCluster,
    );
    new rbac.ClusterRoleBinding(
      `${name}-reconciler-binding`,
      {
        metadata: metadata("cluster-reconciler"),
        roleRef: roleRef("cluster-admin"),
        subjects: reconcilerSubjects(controllers),
      },
      onCluster,
    );
  }

  private runController(
    name: string,
    args: FluxBootstrapArgs,
    controller: Controller,
    all: readonly Controller[],
    onCluster: pulumi.CustomResourceOptions,
  ): apps.Deployment {
    if (controller.name === "source") {
      new core.PersistentVolumeClaim(
        `${name}-artifacts`,
        {
          metadata: { ...labelled(artifactsClaim), annotations: volumeAnnotations },
          spec: volumeClaim(controller.workload.storageGiB),
        },
        onCluster,
      );
    }
    return new apps.Deployment(
      `${name}-${controller.object}`,
      {
        metadata: labelled(controller.object),
        spec: {
          replicas: controller.workload.replicas,
          strategy: { type: "Recreate" },
          selector: { matchLabels: flux.labels(controller.object) },
          template: controllerPod(args.site, args.release, controller, all),
        },
      },
      onCluster,
    );
  }
}

function labels(component: string) {
  return { "app.kubernetes.io/part-of": "flux", "app.kubernetes.io/component": component };
}

function labelled(name: string) {
  return { name, namespace: flux.namespace, labels: labels(name) };
}
