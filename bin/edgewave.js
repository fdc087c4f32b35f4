#!/usr/bin/env node
"use strict";
// The sources are TypeScript; tsx compiles them as they are loaded.
require("tsx/cjs");
require("../cli/main.ts");
