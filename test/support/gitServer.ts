import { spawn } from "node:child_process";
import { timingSafeEqual } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";

/**
 * Answers requests for the repositories below a folder as Git's own server does (git-http-backend(1)), to one account.
 * A push needs `http.receivepack` in the repository.
 */
export function gitBackend(folder: string, login: { readonly username: string; readonly password: string }) {
  const expected = `Basic ${Buffer.from(`${login.username}:${login.password}`).toString("base64")}`;
  return (request: IncomingMessage, response: ServerResponse): void => {
    if (!isAllowed(request, expected)) {
      response.writeHead(401, { "www-authenticate": 'Basic realm="git"' }).end();
      return;
    }
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost");
    const backend = spawn("git", ["http-backend"], {
      env: {
        PATH: process.env["PATH"],
        GIT_PROJECT_ROOT: folder,
        GIT_HTTP_EXPORT_ALL: "1",
        GIT_CONFIG_NOSYSTEM: "1",
        GIT_CONFIG_GLOBAL: "/dev/null",
        PATH_INFO: decodeURIComponent(pathname),
        QUERY_STRING: searchParams.toString(),
        REQUEST_METHOD: request.method,
        REMOTE_USER: login.username,
        REMOTE_ADDR: "127.0.0.1",
        CONTENT_TYPE: request.headers["content-type"] ?? "",
        ...(request.headers["content-encoding"] && { HTTP_CONTENT_ENCODING: request.headers["content-encoding"] }),
        ...(request.headers["git-protocol"] && { GIT_PROTOCOL: String(request.headers["git-protocol"]) }),
      },
      stdio: ["pipe", "pipe", "ignore"],
    });
    backend.stdin.on("error", () => undefined);
    request.pipe(backend.stdin);
    const chunks: Buffer[] = [];
    backend.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    backend.once("close", () => answer(Buffer.concat(chunks), response));
  };
}

function isAllowed({ headers: { authorization = "" } }: IncomingMessage, expected: string): boolean {
  const given = Buffer.from(authorization);
  return given.length === expected.length && timingSafeEqual(given, Buffer.from(expected));
}

/** As CGI has it: headers, an empty line, the body. */
function answer(output: Buffer, response: ServerResponse): void {
  const end = output.indexOf("\r\n\r\n");
  for (const line of output.subarray(0, end).toString("utf8").split("\r\n")) {
    const [, name = "", value = ""] = /^([^:]+):\s*(.*)$/.exec(line) ?? [];
    if (name.toLowerCase() === "status") response.statusCode = Number(value.split(" ")[0]);
    else if (name !== "") response.setHeader(name, value);
  }
  response.end(output.subarray(end + 4));
}
