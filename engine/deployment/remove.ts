import type { ResourceState } from "../state/resource";
import type { Step } from "../steps/step";
import { isProviderType } from "../urn";
import type { Run } from "./run";

/** Deletes a resource, or only forgets it where the program or its owner says so. */
export async function remove(run: Run, step: Step): Promise<void> {
  const old = step.old as ResourceState;
  const replacing = step.op === "delete-replaced";
  const { custom, type, id, inputs, outputs, provider, customTimeouts } = old.fields;
  if (old.fields.protect && step.op === "delete") {
    throw new Error(
      `resource "${old.urn}" cannot be deleted\nbecause it is protected. To unprotect the resource, ` +
        "either remove the `protect` flag from the resource in your Pulumi program and run `pulumi up`, " +
        `or use the command:\n\`pulumi state unprotect '${old.urn}'\``,
    );
  }
  run.deletedStates.add(old);
  await run.journal.begin(old, "deleting");
  const skip =
    run.options.preview ||
    !custom ||
    isProviderType(type) ||
    old.fields.external ||
    old.fields.retainOnDelete ||
    (old.fields.deletedWith !== "" && run.deletedUrns.has(old.fields.deletedWith));
  if (!skip) {
    try {
      const instance = await run.instances.get(provider);
      const request = { urn: old.urn, type, id, inputs, outputs, timeout: customTimeouts.delete ?? 0 };
      await instance.delete(request, run.context(old.urn));
    } catch (error) {
      await run.journal.end(old, {});
      throw error;
    }
  }
  // Deleted ahead of its replacement, it stays in the state until that is made, so that a crash does not lose it.
  if (replacing && !old.fields.delete) {
    old.update({ pendingReplacement: true });
    await run.journal.end(old, {});
  } else {
    await run.journal.end(old, { old });
  }
}
