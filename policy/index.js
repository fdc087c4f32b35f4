"use strict";
// The entry of the policy pack, for `pulumi preview --policy-pack policy`. The sources are TypeScript, see docs/adr/0002.
require("tsx/cjs");
module.exports = () => require("./pack/start.ts").startPack();
