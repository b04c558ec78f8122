/** A layer of an image as its manifest lists it: compressed. */
export type Layer = { readonly digest: string; readonly size: number };

/** An image that is fetched. */
export interface Pull {
  /** The image as the Compose file names it. */
  readonly image: string;
  /** `repository@sha256:…`, so that a tag that moves meanwhile changes nothing. */
  readonly pull: string;
  readonly platform: string | null;
  /** Null: not known. */
  readonly layers: readonly Layer[] | null;
}
