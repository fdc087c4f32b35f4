#!/usr/bin/env node
"use strict";
// Run by the stacks of field sites, in a clone whose packages are installed.
require("tsx/cjs");
require("../cli/kubespray.ts");
