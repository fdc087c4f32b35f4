export type { CatalogChart, CatalogComponent, CatalogImage } from "./component";
export { kubesprayPins, kubesprayTag, kubesprayTags, type KubesprayTag } from "./kubespray";
export {
  componentOf,
  componentsOf,
  imageReference,
  imagesOf,
  registryOf,
  releaseVersions,
  upstreamRegistries,
  type ReleaseImage,
  type ReleaseVersions,
} from "./release";
export { supportEnd } from "./support";
export { catalog, catalogComponent, catalogNames, catalogVersions } from "./versions";
