#!/usr/bin/env node
"use strict";
// The sources are TypeScript; tsx compiles them as they are loaded. In a fresh clone it has to be installed first.
try {
  require("tsx/cjs");
} catch (error) {
  if (error.code !== "MODULE_NOT_FOUND") throw error;
  require("../scripts/ensure-installed.js");
  require("tsx/cjs");
}
require("../cli/main.ts");
