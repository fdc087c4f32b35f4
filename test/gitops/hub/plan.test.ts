import { expect } from "chai";
import fc from "fast-check";
import type { RepositoryName } from "../../../gitops/gitea/api";
import { describeChange } from "../../../gitops/hub/describe";
import type { FoundRepository, HubFound } from "../../../gitops/hub/found";
import { organizations, publisher, siteUser } from "../../../gitops/hub/names";
import { planHub } from "../../../gitops/hub/plan";
import {
  organizationSettings,
  protectionSettings,
  repositorySettings,
  teamSettings,
  userSettings,
} from "../../../gitops/hub/settings";
import { hubWanted, type HubWanted } from "../../../gitops/hub/wanted";

const forced = { by: "publishers", force: true } as const;
const wanted = hubWanted("harbours", ["porto", "vigo"]);
const nothing: HubFound = { organizations: new Map(), teams: new Map(), users: new Map(), repositories: new Map() };

/** A hub that has exactly what is wanted, as `readHub` would find it. */
function asWanted({ teams, users, repositories }: HubWanted): HubFound {
  return {
    organizations: new Map(organizations.map((name) => [name, { username: name, ...organizationSettings }])),
    teams: new Map(
      teams.map((team, id) => [
        `${team.organization}/${team.name}`,
        { id, name: team.name, permission: "none", members: [publisher], ...teamSettings(team) },
      ]),
    ),
    users: new Map(users.map(({ name, site }) => [name, { login: name, ...userSettings(site) }])),
    repositories: new Map(
      repositories.map((repository) => [
        repository.name,
        {
          ...repositorySettings(repository),
          name: repository.name.split("/")[1] ?? "",
          empty: true,
          mirror: false,
          size: 0,
          collaborators: repository.collaborators,
          deployKeys: [],
          protections: repository.protections.map((protection) => ({
            rule_name: protection.rule,
            ...protectionSettings(protection),
          })),
        },
      ]),
    ),
  };
}

/** The same, with one repository otherwise. */
function withRepository(name: RepositoryName, change: Partial<FoundRepository>): HubFound {
  const found = asWanted(wanted);
  const repository = found.repositories.get(name);
  if (repository === undefined) throw new Error(name);
  return { ...found, repositories: new Map(found.repositories).set(name, { ...repository, ...change }) };
}

const lines = (found: HubFound): string[] => planHub(wanted, found).changes.map(describeChange);

describe("the plan of a hub", () => {
  it("has nothing to do where everything is as wanted", () => {
    expect(planHub(wanted, asWanted(wanted))).to.deep.equal({ changes: [], obstacles: [] });
  });

  it("makes two repositories a site, that its account reads the one and writes the other of", () => {
    const plan = lines(nothing);
    for (const line of [
      "make the repository deploy/porto",
      "make the repository site/porto",
      "let site-porto read deploy/porto",
      "let site-porto write site/porto",
      "protect deploy of deploy/porto",
      "protect release/* of deploy/porto",
    ]) {
      expect(plan).to.include(line);
    }
    expect(plan.filter((line) => line.startsWith("let site-porto"))).to.have.length(2);
  });

  it("comes to the same in whatever state a hub is left by a kill", () => {
    const whole = planHub(wanted, nothing).changes.map(describeChange);
    fc.assert(
      fc.property(
        fc.subarray([...asWanted(wanted).repositories.keys()]),
        fc.subarray([...asWanted(wanted).users.keys()]),
        (repositories, users) => {
          const all = asWanted(wanted);
          const left: HubFound = {
            ...all,
            users: new Map([...all.users].filter(([name]) => users.includes(name))),
            repositories: new Map([...all.repositories].filter(([name]) => repositories.includes(name))),
          };
          const rest = lines(left);
          expect(whole).to.include.members(rest);
          for (const name of repositories) expect(rest).not.to.include(`make the repository ${name}`);
        },
      ),
    );
  });

  it("lets nobody into a site's repositories but the site", () => {
    const found = withRepository("deploy/porto", {
      collaborators: new Map([
        ["site-porto", "read"],
        ["site-vigo", "read"],
      ]),
      deployKeys: [{ id: 7, title: "laptop" }],
    });
    expect(lines(found)).to.deep.equal([
      "let site-vigo no longer into deploy/porto (it may read, and nobody said so)",
      'remove the deploy key "laptop" of deploy/porto (nobody but its site\'s account reads it)',
    ]);
  });

  it("takes back a right that grew", () => {
    const found = withRepository("deploy/porto", { collaborators: new Map([["site-porto", "write"]]) });
    expect(lines(found)).to.deep.equal(["let site-porto read deploy/porto (it may write)"]);
  });

  it("corrects a protection that was loosened, and removes one that could stand before it", () => {
    const loose = { rule_name: "deploy", ...protectionSettings(forced), enable_push_whitelist: false };
    const stranger = { rule_name: "dep*", ...protectionSettings(forced) };
    const kept = { rule_name: "release/*", ...protectionSettings(forced) };
    expect(lines(withRepository("deploy/vigo", { protections: [loose, stranger, kept] }))).to.deep.equal([
      "correct the protection of deploy of deploy/vigo (enable_push_whitelist is false, not true)",
      "remove the protection of dep* of deploy/vigo (it could stand before edgewave's own)",
    ]);
  });

  it("makes private what was opened, and takes an administrator's rights from a site", () => {
    expect(lines(withRepository("site/porto", { private: false }))).to.deep.equal([
      "correct the repository site/porto (private is false, not true)",
    ]);
    const found = asWanted(wanted);
    const user = found.users.get("site-porto");
    const admin = { ...found, users: new Map(found.users).set("site-porto", { ...user!, is_admin: true }) };
    expect(lines(admin)).to.deep.equal(["correct the account site-porto (is_admin is true, not false)"]);
  });

  it("takes strangers out of the teams that reach every site", () => {
    const found = asWanted(wanted);
    const team = found.teams.get("deploy/publishers")!;
    const teams = new Map(found.teams).set("deploy/publishers", { ...team, members: ["mallory"] });
    expect(lines({ ...found, teams })).to.deep.equal([
      "take edgewave-publisher into the team publishers of deploy",
      "take mallory out of the team publishers of deploy (it reaches every site)",
    ]);
  });

  for (const [title, change, why] of [
    ["a mirror", { mirror: true }, "it is a mirror of something else, and cannot be pushed to"],
    [
      "another fleet's",
      { description: "What porto runs. Kept by edgewave for the fleet shops; changed by hand, it is put back." },
      "it is kept for the fleet shops",
    ],
    ["somebody's own", { description: "mine", empty: false }, "it has commits, but edgewave did not make it"],
  ] as const) {
    it(`touches no repository that is ${title}`, () => {
      expect(planHub(wanted, withRepository("deploy/porto", change)).obstacles).to.deep.equal([
        { what: "deploy/porto", why },
      ]);
    });
  }
});

describe("a site's account", () => {
  it("is named after the site", () => expect(siteUser("porto")).to.equal("site-porto"));

  it("has a name that Gitea takes, and another site has another one", () => {
    const label = fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/);
    fc.assert(
      fc.property(label, label, (one, other) => {
        // Gitea 1.26, modules/validation/helpers.go: no two of -_. one after the other, none at an end; MaxSize(40).
        expect(siteUser(one))
          .to.match(/^[a-z0-9](?:-?[a-z0-9])*$/)
          .and.to.have.property("length")
          .that.is.at.most(40);
        if (one !== other) expect(siteUser(one)).not.to.equal(siteUser(other));
      }),
    );
  });
});
