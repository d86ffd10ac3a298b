/** A place in a query that is wrong; columns count from 1. */
export interface ProblemPlace {
  column: number;
  length: number;
  message: string;
  suggestion?: string | null;
}

/** What the server answered when it could not do what was asked (RFC 9457), or why it could not be reached (status 0). */
export class ApiProblem extends Error {
  readonly status: number;
  readonly title: string;
  readonly errors: readonly ProblemPlace[];

  constructor(status: number, title: string, detail: string, errors: readonly ProblemPlace[] = []) {
    super(detail);
    this.name = "ApiProblem";
    this.status = status;
    this.title = title;
    this.errors = errors;
  }
}

export type Parameters = Record<string, string | number | undefined>;

/** An address of the API with its parameters; those that are not given are left out. */
export function addressOf(path: string, parameters: Parameters = {}): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined && value !== "") query.set(name, String(value));
  const text = query.toString();
  return text === "" ? path : `${path}?${text}`;
}

/** Asks the API. Throws `ApiProblem` for every answer that is none. */
export async function ask<T>(method: "GET" | "POST" | "DELETE", path: string, options: { parameters?: Parameters; body?: unknown; signal?: AbortSignal } = {}): Promise<T> {
  const { parameters, body, signal } = options;
  let response: Response;
  try {
    response = await fetch(addressOf(path, parameters), {
      method,
      credentials: "same-origin",
      headers: body === undefined ? {} : { "Content-Type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    });
  } catch (failure) {
    if (failure instanceof DOMException && failure.name === "AbortError") throw failure;
    throw new ApiProblem(0, "No answer", "The server does not answer. Is 'crowsnest up' still running?");
  }

  if (!response.ok) throw await problemOf(response);
  if (response.status === 204) return undefined as T;
  const type = response.headers.get("Content-Type") ?? "";
  return (type.includes("json") ? await response.json() : await response.text()) as T;
}

/** Reads. */
export const get = <T>(path: string, parameters?: Parameters, signal?: AbortSignal): Promise<T> =>
  ask<T>("GET", path, { ...(parameters ? { parameters } : {}), ...(signal ? { signal } : {}) });

async function problemOf(response: Response): Promise<ApiProblem> {
  try {
    const problem = (await response.json()) as { title?: string; detail?: string; errors?: ProblemPlace[] };
    return new ApiProblem(response.status, problem.title ?? response.statusText, problem.detail ?? `The server answered ${response.status}.`, problem.errors ?? []);
  } catch {
    return new ApiProblem(response.status, response.statusText, `The server answered ${response.status}.`);
  }
}
