import type { AnalyzeResponse } from "@pulumi/pulumi/proto/analyzer_pb";
import {
  AnalyzeRequest,
  AnalyzerPropertyDependencies,
  AnalyzerProviderResource,
  AnalyzerResource,
  AnalyzerResourceOptions,
  AnalyzeStackRequest,
  EnforcementLevel,
} from "@pulumi/pulumi/proto/analyzer_pb";

import type { RunObserver } from "../events/observer";
import type { PropertyMap } from "../property/value";
import { hasSecret, mapValues, secretOf } from "../property/shape";
import { fromStruct, toStruct } from "../property/wire";
import type { ResourceState } from "../state/resource";
import { nameOf, parseReference, ROOT_STACK_TYPE } from "../urn";
import type { PolicyPack } from "./pack";

const WIRE = { secrets: true, resources: false };

/** The policy packs of a run. */
export class Policies {
  constructor(
    private readonly packs: readonly PolicyPack[],
    private readonly observer: RunObserver,
    private readonly find: (urn: string) => ResourceState | undefined,
  ) {}

  /**
   * Lets the packs correct a resource's inputs, then judge them.
   *
   * @returns the inputs to go on with, and whether a mandatory policy is violated; every violation has been reported.
   */
  async judge(state: ResourceState): Promise<{ readonly inputs: PropertyMap; readonly violated: boolean }> {
    let { inputs } = state.fields;
    for (const pack of this.packs) {
      inputs = await this.remediate(pack, state, inputs);
    }
    const request = this.requestOf(state, inputs);
    const answers = await Promise.all(
      this.packs.map(async (pack) => this.report(pack, await pack.analyze(request), () => state.urn)),
    );
    return { inputs, violated: answers.includes(true) };
  }

  /** Lets the packs judge the whole stack. @returns whether a mandatory policy is violated. */
  async judgeStack(states: readonly ResourceState[]): Promise<boolean> {
    const request = new AnalyzeStackRequest().setResourcesList(states.map((state) => this.resourceOf(state)));
    const urns = new Set(states.map(({ urn }) => urn));
    const root = states.find(({ fields }) => fields.type === ROOT_STACK_TYPE)?.urn ?? "";
    const about = (named: string) => (urns.has(named) ? named : root);
    const answers = await Promise.all(
      this.packs.map(async (pack) => this.report(pack, await pack.analyzeStack(request), about)),
    );
    return answers.includes(true);
  }

  close(): void {
    this.packs.forEach((pack) => pack.close());
  }

  private async remediate(pack: PolicyPack, state: ResourceState, before: PropertyMap): Promise<PropertyMap> {
    let inputs = before;
    const answer = await pack.remediate(this.requestOf(state, inputs));
    for (const remediation of answer?.getRemediationsList() ?? []) {
      const about = {
        urn: state.urn,
        policy: remediation.getPolicyname(),
        pack: remediation.getPolicypackname(),
        version: remediation.getPolicypackversion(),
        description: remediation.getDescription(),
      };
      if (remediation.getDiagnostic() !== "") {
        this.observer.policyViolated({ ...about, level: "advisory", message: remediation.getDiagnostic() });
      } else {
        const after = stillSecret(inputs, fromStruct(remediation.getProperties()));
        this.observer.policyRemediated({ ...about, before: inputs, after });
        inputs = after;
      }
    }
    return inputs;
  }

  /** @param about what a violation is about, by the URN that the pack names, which may be none. */
  private report(pack: PolicyPack, answer: AnalyzeResponse, about: (named: string) => string): boolean {
    let violated = false;
    for (const found of answer.getDiagnosticsList()) {
      // What should have been corrected and was not is as binding as what is mandatory.
      const level = found.getEnforcementlevel();
      const mandatory = level === EnforcementLevel.MANDATORY || level === EnforcementLevel.REMEDIATE;
      violated ||= mandatory;
      this.observer.policyViolated({
        urn: about(found.getUrn()),
        policy: found.getPolicyname(),
        pack: found.getPolicypackname() || pack.info.getName(),
        version: found.getPolicypackversion() || pack.info.getVersion(),
        description: found.getDescription(),
        level: mandatory ? "mandatory" : "advisory",
        message: found.getMessage(),
      });
    }
    return violated;
  }

  private requestOf(state: ResourceState, inputs: PropertyMap): AnalyzeRequest {
    const message = new AnalyzeRequest();
    message.setType(state.fields.type);
    message.setUrn(state.urn);
    message.setName(nameOf(state.urn));
    message.setProperties(toStruct(inputs, WIRE));
    message.setOptions(optionsOf(state));
    message.setProvider(this.providerOf(state));
    return message;
  }

  private resourceOf(state: ResourceState): AnalyzerResource {
    const message = new AnalyzerResource();
    message.setType(state.fields.type);
    message.setUrn(state.urn);
    message.setName(nameOf(state.urn));
    message.setProperties(toStruct(state.fields.outputs, WIRE));
    message.setOptions(optionsOf(state));
    message.setProvider(this.providerOf(state));
    message.setParent(state.fields.parent);
    message.setDependenciesList([...state.fields.dependencies]);
    for (const [key, urns] of Object.entries(state.fields.propertyDependencies)) {
      message.getPropertydependenciesMap().set(key, new AnalyzerPropertyDependencies().setUrnsList([...urns]));
    }
    return message;
  }

  private providerOf(state: ResourceState): AnalyzerProviderResource | undefined {
    const { provider } = state.fields;
    const found = provider === "" ? undefined : this.find(parseReference(provider).urn);
    if (found === undefined) {
      return undefined;
    }
    const message = new AnalyzerProviderResource();
    message.setType(found.fields.type);
    message.setUrn(found.urn);
    message.setName(nameOf(found.urn));
    message.setProperties(toStruct(found.fields.inputs, WIRE));
    return message;
  }
}

/** A policy that copies properties loses their secrecy; what was secret must not come out in clear. */
function stillSecret(before: PropertyMap, after: PropertyMap): PropertyMap {
  return mapValues(after, (value, key) => (hasSecret(before[key]) && !hasSecret(value) ? secretOf(value) : value));
}

function optionsOf({ fields }: ResourceState): AnalyzerResourceOptions {
  const { customTimeouts } = fields;
  const timeouts = new AnalyzerResourceOptions.CustomTimeouts();
  timeouts.setCreate(customTimeouts.create ?? 0);
  timeouts.setUpdate(customTimeouts.update ?? 0);
  timeouts.setDelete(customTimeouts.delete ?? 0);
  const message = new AnalyzerResourceOptions();
  message.setProtect(fields.protect);
  message.setIgnorechangesList([...fields.ignoreChanges]);
  message.setAdditionalsecretoutputsList([...fields.additionalSecretOutputs]);
  message.setAliasesList([...fields.aliases]);
  message.setCustomtimeouts(timeouts);
  message.setParent(fields.parent);
  return message;
}
