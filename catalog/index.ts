export type { CatalogChart, CatalogComponent, CatalogImage, ValuePath } from "./component";
export { kubesprayPins, kubesprayTag, kubesprayTags, type KubesprayTag } from "./kubespray";
export {
  chartFolder,
  chartReference,
  chartsOf,
  componentOf,
  componentsOf,
  imageReference,
  imagesOf,
  registryOf,
  releaseVersions,
  spellingsOf,
  upstreamRegistries,
  type ReleaseChart,
  type ReleaseImage,
  type ReleaseVersions,
} from "./release";
export { supportEnd } from "./support";
export { catalog, catalogComponent, catalogNames, catalogVersions } from "./versions";
