import type { CodeText } from "./codeText";

/** Releases and their locks. */
export const releaseCodes = {
  "EDGE-REL-001": {
    title: "The catalog does not have the component",
    why: "Only components whose images, licence and architectures are known may be rolled out.",
    fix: "Use a component of the catalog.",
    severity: "error",
  },
  "EDGE-REL-002": {
    title: "The catalog does not have the version",
    why: "Only versions whose images, licence and architectures are known may be rolled out.",
    fix: "Use one of the catalog's versions.",
    severity: "error",
  },
  "EDGE-REL-003": {
    title: "The Kubespray tag is unknown",
    why: "The tag decides which Kubernetes versions, containerd, etcd and Calico are installed.",
    fix: "Use one of the known tags.",
    severity: "error",
  },
  "EDGE-REL-004": {
    title: "Kubespray cannot install the Kubernetes version",
    why: "Each Kubespray tag has checksums for a range of Kubernetes versions and refuses others.",
    fix: "Choose a Kubernetes version in the tag's range, or another tag.",
    severity: "error",
  },
  "EDGE-REL-005": {
    title: "A component is missing",
    why: "A site of the fleet cannot be built without it.",
    fix: "Add the component and its version under spec.components.",
    severity: "error",
  },
  "EDGE-REL-006": {
    title: "The lock lacks a digest",
    why: "A locked release is pulled by digest only; without one the image or chart cannot be named.",
    fix: "Lock the release again: edgewave release lock.",
    severity: "error",
  },
  "EDGE-REL-007": {
    title: "A version differs from what Kubespray installs",
    why: "Kubespray installs the version that its tag pins unless it is overridden with a checksum of its own.",
    fix: "Leave the component out, or use Kubespray's version.",
    severity: "error",
  },
  "EDGE-REL-008": {
    title: "The lock is stale",
    why: "A lock holds what was resolved for other versions, so sites would pull something else than the release names.",
    fix: "Lock the release again: edgewave release lock.",
    severity: "error",
  },
  "EDGE-REL-009": {
    title: "A release that nodes shall run is not locked",
    why: "A tag can name something else tomorrow; what a real site pulls is named by digest, and proven to be there before.",
    fix: "Lock the release: edgewave release lock.",
    severity: "error",
  },
  "EDGE-REL-010": {
    title: "The lock is from before charts were locked",
    why: "Its images are named by digest, and its charts by tag alone: whoever can write to a site's registry could put others in their place.",
    fix: "Lock the release again: edgewave release lock. The images' digests are kept.",
    severity: "warning",
  },
  "EDGE-REL-011": {
    title: "The release names a component that nothing uses",
    why: "Its images and chart would be locked and carried over every site's link for nothing.",
    fix: "Take the component out of spec.components.",
    severity: "warning",
  },
} as const satisfies Record<string, CodeText>;
