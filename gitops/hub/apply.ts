import { randomBytes } from "node:crypto";
import type { GiteaApi } from "../gitea/api";
import { GiteaRefused } from "../gitea/client";
import { each } from "./found";
import type { HubChange } from "./plan";
import { organizationSettings, protectionSettings, repositorySettings, teamSettings, userSettings } from "./settings";
import type { WantedTeam, WantedUser } from "./wanted";

/** Changes that need nothing of each other; everything of one stage is there before the next one begins. */
const stages: readonly (readonly HubChange["type"][])[] = [
  ["create-organization", "edit-organization", "create-user", "edit-user"],
  ["create-team", "edit-team"],
  ["add-member", "remove-member", "create-repository"],
  // Doors are shut before others are opened.
  ["remove-collaborator", "remove-deploy-key"],
  ["create-protection", "edit-protection", "remove-protection"],
  ["set-collaborator", "edit-repository"],
];

/**
 * Carries a plan out, some changes at once. It may be killed anywhere: planning and applying again does the rest.
 * @param tell called after each change.
 * @throws GiteaRefused, GiteaUnreachable; what was told is done
 */
export async function applyHub(
  api: GiteaApi,
  changes: readonly HubChange[],
  tell: (change: HubChange) => void,
): Promise<void> {
  for (const stage of stages) {
    await each(
      changes.filter(({ type }) => stage.includes(type)),
      async (change) => {
        await carryOut(api, change);
        tell(change);
      },
    );
  }
}

async function carryOut(api: GiteaApi, change: HubChange): Promise<void> {
  switch (change.type) {
    case "create-organization":
      return api.createOrganization(change.organization, organizationSettings);
    case "edit-organization":
      return api.editOrganization(change.organization, organizationSettings);
    case "create-user":
      await createUser(api, change.user);
      return editUser(api, change.user);
    case "edit-user":
      return editUser(api, change.user);
    case "create-team":
      await api.createTeam(change.team.organization, teamOf(change.team));
      return;
    case "edit-team":
      return api.editTeam(change.id, teamOf(change.team));
    case "add-member":
      return api.addMember(await teamId(api, change.team), change.user);
    case "remove-member":
      return api.removeMember(await teamId(api, change.team), change.user);
    case "create-repository": {
      const [organization = "", name = ""] = change.repository.name.split("/");
      const { description, default_branch, private: isPrivate } = repositorySettings(change.repository);
      await api.createRepository(organization, { name, description, default_branch, private: isPrivate });
      // What is not used can only be switched off afterwards.
      return api.editRepository(change.repository.name, repositorySettings(change.repository));
    }
    case "edit-repository":
      return api.editRepository(change.repository.name, repositorySettings(change.repository));
    case "set-collaborator":
      return api.setCollaborator(change.repository, change.user, change.permission);
    case "remove-collaborator":
      return api.removeCollaborator(change.repository, change.user);
    case "remove-deploy-key":
      return api.removeDeployKey(change.repository, change.id);
    case "create-protection":
      return api.createProtection(change.repository, {
        rule_name: change.protection.rule,
        ...protectionSettings(change.protection),
      });
    case "edit-protection":
      return api.editProtection(change.repository, change.protection.rule, protectionSettings(change.protection));
    case "remove-protection":
      return api.removeProtection(change.repository, change.rule);
  }
}

const teamOf = (team: WantedTeam) => ({ name: team.name, ...teamSettings(team) });

/** With a password that nobody knows: the account is used by tokens alone. */
async function createUser(api: GiteaApi, { name, site }: WantedUser): Promise<void> {
  await api.createUser({
    username: name,
    email: `${name}@edgewave.invalid`,
    full_name: site === undefined ? "edgewave" : `Site ${site}`,
    password: `${randomBytes(32).toString("base64url")}aA1!`,
    must_change_password: false,
    send_notify: false,
    restricted: true,
    visibility: userSettings(site).visibility,
  });
}

async function editUser(api: GiteaApi, { name, site }: WantedUser): Promise<void> {
  const { is_admin: admin, ...settings } = userSettings(site);
  await api.editUser(name, { ...settings, admin, max_repo_creation: 0, allow_create_organization: false });
}

async function teamId(api: GiteaApi, { organization, name }: WantedTeam): Promise<number> {
  const team = (await api.teams(organization)).find((other) => other.name === name);
  if (team !== undefined) return team.id;
  throw new GiteaRefused(404, `GET /orgs/${organization}/teams`, api.client.url, `there is no team ${name}`);
}
