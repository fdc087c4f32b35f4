/** Folders and files of one run; absolute. */
export interface AnsiblePlaces {
  /** Folder of the run, which nobody else uses. */
  readonly run: string;
  /** Kubespray's tree. */
  readonly kubespray: string;
  /** Folder of edgewave's callback plugin. */
  readonly plugins: string;
  readonly sshConfig: string;
}

/**
 * What Ansible is told by its environment. Everything that it writes is below the run's folder, so that runs for several
 * sites do not meet; Kubespray's own ansible.cfg, which turns host key checking off, is not read. Pure.
 */
export function ansibleEnvironment(
  places: AnsiblePlaces,
  { forks, silenceSeconds }: { readonly forks: number; readonly silenceSeconds: number },
): Readonly<Record<string, string>> {
  const { run, kubespray, plugins, sshConfig } = places;
  return {
    ANSIBLE_CONFIG: `${run}/ansible.cfg`,
    ANSIBLE_HOME: `${run}/home`,
    ANSIBLE_LOCAL_TEMP: `${run}/home/tmp`,
    ANSIBLE_SSH_CONTROL_PATH_DIR: `${run}/cp`,
    ANSIBLE_CACHE_PLUGIN: "jsonfile",
    ANSIBLE_CACHE_PLUGIN_CONNECTION: `${run}/facts`,
    ANSIBLE_CACHE_PLUGIN_TIMEOUT: "86400",
    ANSIBLE_GATHERING: "smart",
    ANSIBLE_ROLES_PATH: `${kubespray}/roles`,
    ANSIBLE_LIBRARY: `${kubespray}/library`,
    ANSIBLE_CALLBACK_PLUGINS: plugins,
    ANSIBLE_STDOUT_CALLBACK: "edgewave_events",
    ANSIBLE_TRANSFORM_INVALID_GROUP_CHARS: "ignore",
    ANSIBLE_HOST_KEY_CHECKING: "True",
    ANSIBLE_SSH_ARGS: `-F ${sshConfig} -C -o ControlMaster=auto -o ControlPersist=60s`,
    ANSIBLE_SSH_RETRIES: "2",
    ANSIBLE_PIPELINING: "True",
    ANSIBLE_TIMEOUT: String(Math.min(30, silenceSeconds)),
    ANSIBLE_FORKS: String(forks),
    ANSIBLE_PYTHON_INTERPRETER: "auto_silent",
    ANSIBLE_RETRY_FILES_ENABLED: "False",
    ANSIBLE_DEPRECATION_WARNINGS: "False",
    ANSIBLE_NOCOLOR: "True",
    PYTHONUNBUFFERED: "1",
    // The plugins are in a tree whose files are counted into what decides a site.
    PYTHONDONTWRITEBYTECODE: "1",
    LC_ALL: "C.UTF-8",
  };
}

/** Of the driver's own environment; the rest may hold secrets. */
const inherited = ["PATH", "HOME", "USER", "LOGNAME", "SSH_AUTH_SOCK", "TZ", "TMPDIR"];

/** What programs of a run get of the environment around them. Pure. */
export function plainEnvironment(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(inherited.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));
}
