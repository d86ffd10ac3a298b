export const head: string;
export function typesOf(description: string): Promise<string>;
