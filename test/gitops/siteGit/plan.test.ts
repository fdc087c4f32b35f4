import { expect } from "chai";
import { describeSiteGit } from "../../../gitops/siteGit/describe";
import type { FoundMirror, FoundOwn, SiteGitFound } from "../../../gitops/siteGit/found";
import { planSiteGit } from "../../../gitops/siteGit/plan";
import {
  deployDescription,
  hookUrl,
  mainProtection,
  mirrorSettings,
  ownDescription,
  siteRepositorySettings,
  type SiteGit,
} from "../../../gitops/siteGit/wanted";

const webhook = { url: "http://receiver/hook/1", secret: "of the receiver" };
const wanted: SiteGit = {
  site: "porto",
  hub: {
    url: "https://hub.example",
    read: { username: "site-porto", token: "1".repeat(40) },
    write: { username: "site-porto", token: "2".repeat(40) },
  },
  reader: "flux",
  writer: "operator",
  webhook,
};

const repository = { name: "porto", empty: false, size: 1, archived: false, has_releases: false };
const mirror: FoundMirror = {
  ...repository,
  ...mirrorSettings,
  description: deployDescription(wanted),
  mirror: true,
  original_url: "https://hub.example/deploy/porto.git",
  default_branch: "deploy",
  collaborators: new Map([
    ["flux", "read"],
    ["operator", "read"],
  ]),
  hooks: [{ id: 1, type: "gitea", active: true, events: ["push"], config: { url: hookUrl(webhook) } }],
};
const hooks = mirror.hooks;
const own: FoundOwn = {
  hooks,
  ...repository,
  ...siteRepositorySettings,
  description: ownDescription(wanted),
  mirror: false,
  default_branch: "main",
  collaborators: new Map([
    ["flux", "read"],
    ["operator", "write"],
  ]),
  protections: [
    {
      rule_name: "main",
      push_whitelist_deploy_keys: false,
      enable_force_push_allowlist: false,
      force_push_allowlist_deploy_keys: false,
      ...mainProtection,
    },
  ],
  pushMirrors: [
    {
      remote_name: "remote_mirror_a",
      remote_address: "https://hub.example/site/porto.git",
      interval: "10m0s",
      sync_on_commit: true,
      last_error: "",
    },
  ],
};
const account = (login: string) => ({
  login,
  is_admin: false,
  restricted: true,
  active: true,
  prohibit_login: false,
  visibility: "public",
});
const asWanted: SiteGitFound = {
  organizations: new Set(["deploy", "site"]),
  accounts: new Map(["flux", "operator"].map((name) => [name, account(name)])),
  deploy: mirror,
  next: undefined,
  own,
};
const nothing: SiteGitFound = { ...asWanted, organizations: new Set(), deploy: undefined, own: undefined };
const lines = (found: SiteGitFound, of = wanted): string[] =>
  planSiteGit(of, found).changes.map((change) => describeSiteGit(change, "porto"));

describe("the plan of a site's Gitea", () => {
  it("has nothing to do where everything is as wanted", () => {
    expect(planSiteGit(wanted, asWanted)).to.deep.equal({ changes: [], obstacles: [] });
  });

  for (const [what, has, why] of [
    ["an administrator", { is_admin: true }, "is_admin is true, not false"],
    ["let into everything that is not private", { restricted: false }, "restricted is false, not true"],
    ["shut out", { prohibit_login: true }, "prohibit_login is true, not false"],
  ] as const) {
    it(`takes from Flux's account what it should not be: ${what}`, () => {
      const accounts = new Map([...asWanted.accounts, ["flux", { ...account("flux"), ...has }]]);
      expect(lines({ ...asWanted, accounts })).to.deep.equal([`take from flux what it should not be (${why})`]);
    });
  }

  it("does what needs the hub last, so that a dark hub keeps back nothing else", () => {
    const all = lines(nothing);
    expect(all.indexOf("mirror deploy/porto from the hub")).to.be.greaterThan(
      all.indexOf("let operator write site/porto"),
    );
    expect(all).to.include("tell Flux of news in deploy/porto");
  });

  it("makes both mirrors anew when the hub's tokens are others, though Gitea shows no token", () => {
    const rotated = {
      ...wanted,
      hub: {
        ...wanted.hub,
        read: { username: "site-porto", token: "3".repeat(40) },
        write: { username: "site-porto", token: "4".repeat(40) },
      },
    };
    expect(lines(asWanted, rotated)).to.deep.equal([
      "push site/porto no longer by remote_mirror_a (its login is another one)",
      "push site/porto to the hub",
      "correct the repository site/porto (its description is not of this login)",
      "mirror deploy/porto from the hub anew (its login is another one)",
      "set the mirror deploy/porto to its interval, and to Git alone",
      "let flux read deploy/porto",
      "let operator read deploy/porto",
      "tell Flux of news in deploy/porto",
    ]);
  });

  for (const [title, change, why] of [
    ["goes elsewhere", { original_url: "https://other.example/x.git" }, "it mirrors https://other.example/x.git"],
    ["is none", { mirror: false }, "it is no mirror"],
  ] as const) {
    it(`makes a mirror anew that ${title}`, () => {
      expect(lines({ ...asWanted, deploy: { ...mirror, ...change } })[0]).to.equal(
        `mirror deploy/porto from the hub anew (${why})`,
      );
    });
  }

  it("asks the hub no more often than Gitea may", () => {
    expect(lines({ ...asWanted, deploy: { ...mirror, mirror_interval: "24h0m0s" } })).to.deep.equal([
      'set the mirror deploy/porto to its interval, and to Git alone (mirror_interval is "24h0m0s", not "10m0s")',
    ]);
  });

  it("puts a finished replacement in its place, and removes one that is of no use", () => {
    expect(lines({ ...asWanted, deploy: undefined, next: mirror })).to.deep.equal([
      "put the new mirror of deploy/porto in its place (a setup was ended in its middle)",
    ]);
    expect(lines({ ...asWanted, next: { ...mirror, description: "" } })).to.deep.equal([
      "remove an unfinished mirror of deploy/porto (a setup was ended in its middle)",
    ]);
  });

  it("removes mirrors and webhooks that lead elsewhere", () => {
    const [pushed] = own.pushMirrors;
    const [hook] = mirror.hooks;
    const found = {
      ...asWanted,
      own: { ...own, pushMirrors: [pushed!, { ...pushed!, remote_name: "b", remote_address: "https://x.example/y" }] },
      deploy: { ...mirror, hooks: [hook!, { ...hook!, id: 9, config: { url: "https://x.example" } }] },
    };
    expect(lines(found)).to.deep.equal([
      "push site/porto no longer by b (it goes to https://x.example/y each 10m0s)",
      "remove a webhook of deploy/porto (it calls https://x.example)",
    ]);
  });

  it("lets people stay whom the site let in, but keeps the reader a reader", () => {
    const found = new Map([...own.collaborators, ["maria", "write"], ["flux", "write"]]);
    expect(lines({ ...asWanted, own: { ...own, collaborators: found } })).to.deep.equal([
      "let flux read site/porto (it may write)",
    ]);
  });

  it("touches nothing where an account is missing, or the site's own repository is a mirror", () => {
    expect(
      planSiteGit(wanted, { ...asWanted, accounts: new Map([["flux", account("flux")]]) }).obstacles,
    ).to.have.length(1);
    expect(planSiteGit(wanted, { ...asWanted, own: { ...own, mirror: true } }).obstacles).to.deep.equal([
      "site/porto is a mirror of something else",
    ]);
  });

  it("shows nothing of a secret", () => {
    const shown = JSON.stringify([deployDescription(wanted), ownDescription(wanted), hookUrl(webhook), lines(nothing)]);
    for (const secret of ["1".repeat(40), "2".repeat(40), webhook.secret]) expect(shown).not.to.include(secret);
  });
});
