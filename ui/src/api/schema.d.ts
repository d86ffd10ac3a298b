// Made from openapi.json by `npm run types`; a test holds it to that.

export interface paths {
    "/-/healthy": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The process answers.
         * @description Open to everyone.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/plain": unknown;
                    };
                };
                /** @description Problem details (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/-/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Events that come in are written and the store answers; 503 with the reason when not.
         * @description Open to everyone.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/plain": unknown;
                    };
                };
                /** @description Problem details (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/-/reload": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Reads the configuration again: rules and who is told are taken whole, or stay as they were.
         * @description Needs the role admin.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/plain": unknown;
                    };
                };
                /** @description Problem details (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/capacity": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What each cluster has, what of it is reserved and what remains: CPU units, MiB of memory, GPUs and ports, as container instances say it, and what tasks on Fargate have reserved.
         * @description Needs the role viewer.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Only those whose account is this. */
                    account?: string;
                    /** @description Only those whose region is this. */
                    region?: string;
                    /** @description As it was at this time: ISO 8601, a date, now-15m; as it is unless given. */
                    at?: string;
                    /** @description By what, the greatest first with a minus before it: instances, tasks, reservedCpu, remainingCpu, cpuReservation, reservedMemory, remainingMemory, memoryReservation, remainingGpus. By name unless given. */
                    sort?: string;
                    /** @description How many, 1 to 1000; 100 unless told. */
                    limit?: number;
                    /** @description Where to go on: next of the page before. */
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["CapacityPage"];
                    };
                };
                /** @description Problem details (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/capacity/{cluster}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One cluster, by its name or by account:region:name: its total, the largest task that still fits, placement failures with what would have fitted, and lines by instance, service, zone or capacity provider.
         * @description Needs the role viewer.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Only those whose account is this. */
                    account?: string;
                    /** @description Only those whose region is this. */
                    region?: string;
                    /** @description As it was at this time: ISO 8601, a date, now-15m; as it is unless given. */
                    at?: string;
                    /** @description What the lines are: instance, service, zone, provider; instance unless given. */
                    by?: string;
                    /** @description By what, the greatest first with a minus before it: of instance: status, availabilityZone, capacityProviderName, reservedCpu, remainingCpu, cpuReservation, reservedMemory, remainingMemory, memoryReservation, remainingGpus, tasks; of service: reservedCpu, reservedMemory, tasks, fits, stoppedBy; of zone: instances, tasks, reservedCpu, remainingCpu, cpuReservation, reservedMemory, remainingMemory, memoryReservation, remainingGpus; provider as zone. By name unless given. */
                    sort?: string;
                    /** @description How many, 1 to 1000; 100 unless told. */
                    limit?: number;
                    /** @description Where to go on: next of the page before. */
                    cursor?: string;
                };
                header?: never;
                path: {
                    /** @description Which one. */
                    cluster: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["CapacityOfCluster"];
                    };
                };
                /** @description Problem details (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/capacity/{cluster}/advice": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What a cluster's services need by how their tasks stopped and, where it is measured, by what they use: each piece with its formula, its evidence, what it saves or costs, its risk, and why it goes no further. Nothing is changed.
         * @description Needs the role viewer.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Only those whose account is this. */
                    account?: string;
                    /** @description Only those whose region is this. */
                    region?: string;
                    /** @description As it was at this time: ISO 8601, a date, now-15m; as it is unless given. */
                    at?: string;
                };
                header?: never;
                path: {
                    /** @description Which one. */
                    cluster: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["CapacityAdvice"];
                    };
                };
                /** @description Problem details (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/capacity/{cluster}/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How a cluster's capacity was over time: what it had, what of it was reserved and what remained, its tasks, and the tasks that ECS could not place. Each moment is as 'at' says; all take one pass over the events between.
         * @description Needs the role viewer.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Only those whose account is this. */
                    account?: string;
                    /** @description Only those whose region is this. */
                    region?: string;
                    /** @description The beginning; a day before the end unless given. */
                    from?: string;
                    /** @description The end; now unless given. */
                    to?: string;
                    /** @description How many moments, in equal steps and with both ends, 2 to 1000; 97 unless given. */
                    points?: number;
                };
                header?: never;
                path: {
                    /** @description Which one. */
                    cluster: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["CapacityHistory"];
                    };
                };
                /** @description Problem details (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/capacity/{cluster}/packing": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What is on each container instance of a cluster, by workload: the tasks of a service, or of a group that no service has. An instance's tasks are pairs: the workload's place in workloads, and how many.
         * @description Needs the role viewer.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Only those whose account is this. */
                    account?: string;
                    /** @description Only those whose region is this. */
                    region?: string;
                    /** @description As it was at this time: ISO 8601, a date, now-15m; as it is unless given. */
                    at?: string;
                };
                header?: never;
                path: {
                    /** @description Which one. */
                    cluster: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["CapacityPacking"];
                    };
                };
                /** @description Problem details (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/capacity/{cluster}/plan": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How few of a cluster's instances would hold the same tasks, which could go, what keeps the rest, and the steps that lead there; nothing is changed. Of more than 10,000 steps the first.
         * @description Needs the role viewer.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Only those whose account is this. */
                    account?: string;
                    /** @description Only those whose region is this. */
                    region?: string;
                    /** @description As it was at this time: ISO 8601, a date, now-15m; as it is unless given. */
                    at?: string;
                    /** @description What must still be possible afterwards, several with commas between: deployment, instance, zone, none; deployment,instance unless given. */
                    room?: string;
                    /** @description What would be otherwise, several with commas between: add:TYPE@ZONE=3, drain:INSTANCE, count:SERVICE=8, size:SERVICE=512/1024 (CPU units and MiB of a task), type:NEW or type:OLD=NEW. */
                    if?: string;
                    /** @description Whether what would be on each instance is said too. */
                    packing?: boolean;
                };
                header?: never;
                path: {
                    /** @description Which one. */
                    cluster: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["CapacityPlan"];
                    };
                };
                /** @description Problem details (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/capacity/{cluster}/scaling": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * CapacityProviderReservation of a cluster's capacity providers as ECS computes it, and what managed scaling with each target would have done: instance-hours, minutes short and instance-hours idle, beside what was and the least that was needed.
         * @description Needs the role viewer.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Only those whose account is this. */
                    account?: string;
                    /** @description Only those whose region is this. */
                    region?: string;
                    /** @description Target capacities in per cent, several with commas between; 80,90,100 unless given. */
                    target?: string;
                    /** @description The beginning; seven days before the end unless given, 31 at most. */
                    from?: string;
                    /** @description The end; now unless given. */
                    to?: string;
                };
                header?: never;
                path: {
                    /** @description Which one. */
                    cluster: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["CapacityScaling"];
                    };
                };
                /** @description Problem details (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/changes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Changes of state, in the order of commits: server-sent events 'task', 'instance', 'service' and 'deployment', the data as an item of its list, the id a place. Goes on behind Last-Event-ID, or after, while that is remembered: nothing missing, nothing twice (on a shared store a change may come twice, and never after a newer one of its resource). An event 'reset' with {"reason","startOver"} says that something is missing; a stream that was too slow ends with it.
         * @description Needs the role viewer.
         */
        get: {
            parameters: {
                query?: {
                    /** @description The id of the last change that was seen; the header Last-Event-ID says the same. */
                    after?: string;
                    /** @description Only of this cluster. */
                    cluster?: string;
                    /** @description Only of this kind: task, instance, service or deployment. */
                    kind?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/event-stream": unknown;
                    };
                };
                /** @description Problem details (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/clusters": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The clusters as they are, by account, region and name: their counts, and for how long nothing was heard of them.
         * @description Needs the role viewer.
         */
        get: {
            parameters: {
                query?: {
                    /** @description As it was at this time: ISO 8601, a date, now-15m; as it is unless given. */
                    at?: string;
                    /** @description Only those of this name or id; several with commas between. */
                    name?: string;
                    /** @description Only those whose cluster is this. */
                    cluster?: string;
                    /** @description Only those whose account is this. */
                    account?: string;
                    /** @description Only those whose region is this. */
                    region?: string;
                    /** @description By what: name, updatedAt; the greatest first with a minus before it. Else by what no two share, and no page then hides or repeats anything, whatever changes meanwhile. */
                    sort?: string;
                    /** @description How many, 1 to 1000; 100 unless told. */
                    limit?: number;
                    /** @description Where to go on: next of the page before. */
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ResourcePage"];
                    };
                };
                /** @description Problem details (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/deployments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The deployments of services: how far each is, how it ended, and what it was rolled back to.
         * @description Needs the role viewer.
         */
        get: {
            parameters: {
                query?: {
                    /** @description As it was at this time: ISO 8601, a date, now-15m; as it is unless given. */
                    at?: string;
                    /** @description Only those of this name or id; several with commas between. */
                    name?: string;
                    /** @description Only those whose account is this. */
                    account?: string;
                    /** @description Only those whose region is this. */
                    region?: string;
                    /** @description Only those whose cluster is this. */
                    cluster?: string;
                    /** @description Only those whose service is this. */
                    service?: string;
                    /** @description Only those whose rolloutState is this. */
                    rolloutState?: string;
                    /** @description By what: service, createdAt, updatedAt; the greatest first with a minus before it. Else by what no two share, and no page then hides or repeats anything, whatever changes meanwhile. */
                    sort?: string;
                    /** @description How many, 1 to 1000; 100 unless told. */
                    limit?: number;
                    /** @description Where to go on: next of the page before. */
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ResourcePage"];
                    };
                };
                /** @description Problem details (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Events that a query finds, newest first, each verbatim with what we know of it beside it.
         * @description Needs the role viewer.
         */
        get: {
            parameters: {
                query?: {
                    /** @description The query, e.g. outcome:failure AND cluster:prod; everything unless given. */
                    q?: string;
                    /** @description Not before this time: ISO 8601, a date, now-15m. */
                    from?: string;
                    /** @description Before this time. */
                    to?: string;
                    /** @description How many, 1 to 1000; 100 unless told. */
                    limit?: number;
                    /** @description Where to go on: next of the page before. */
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["EventPage"];
                    };
                };
                /** @description Problem details (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /**
         * Takes events in, in any form that 'ingest' reads, and answers when all are on disk.
         * @description Needs the role ingest.
         */
        post: {
            parameters: {
                query?: {
                    /** @description false: nobody is told of them, now or later. */
                    notify?: boolean;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": unknown;
                    "application/x-ndjson": unknown;
                    "application/ndjson": unknown;
                    "application/gzip": unknown;
                    "application/octet-stream": unknown;
                };
            };
            responses: {
                /** @description Done. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["IngestAnswer"];
                    };
                };
                /** @description Problem details (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/events/by-id/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All events with an id (an id can be reused), oldest first.
         * @description Needs the role viewer.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description Which one. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["EventList"];
                    };
                };
                /** @description Problem details (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/events/{key}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One event.
         * @description Needs the role viewer.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description Which one. */
                    key: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Event"];
                    };
                };
                /** @description Problem details (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/events/{key}/context": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * An event and its neighbours in time.
         * @description Needs the role viewer.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Only neighbours that this query finds; all unless given. */
                    q?: string;
                    /** @description How many on each side, 1 to 100; 10 unless told. */
                    limit?: number;
                };
                header?: never;
                path: {
                    /** @description Which one. */
                    key: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["EventContext"];
                    };
                };
                /** @description Problem details (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/explain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * What the events of the body mean, in their order; at most 4 MiB. Nothing is stored.
         * @description Needs the role viewer.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": unknown;
                    "application/x-ndjson": unknown;
                    "application/ndjson": unknown;
                    "application/gzip": unknown;
                    "application/octet-stream": unknown;
                };
            };
            responses: {
                /** @description Done. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ExplanationList"];
                    };
                };
                /** @description Problem details (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Everything that a query finds, oldest first, as a file: ndjson is the events' own bytes and can be read in again; csv is for spreadsheets, nothing in it is run as a formula. A connection that breaks off means that it is not whole.
         * @description Needs the role viewer.
         */
        get: {
            parameters: {
                query?: {
                    /** @description The query, e.g. outcome:failure AND cluster:prod; everything unless given. */
                    q?: string;
                    /** @description Not before this time: ISO 8601, a date, now-15m. */
                    from?: string;
                    /** @description Before this time. */
                    to?: string;
                    /** @description ndjson (unless told) or csv. */
                    format?: string;
                    /** @description CSV's columns with commas between: fields, paths, summary, nextStep, event; time,key,id,detailType,outcome,severity,kind,account,region,cluster,service,task,instance,stopCode,exitCode,summary unless told. */
                    columns?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/x-ndjson": unknown;
                    };
                };
                /** @description Problem details (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/fields": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The fields that queries can name: the listed ones, then those that stored events have besides.
         * @description Needs the role viewer.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["FieldList"];
                    };
                };
                /** @description Problem details (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/fields/{name}/values": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A field's values over what a query finds, most first.
         * @description Needs the role viewer.
         */
        get: {
            parameters: {
                query?: {
                    /** @description The query, e.g. outcome:failure AND cluster:prod; everything unless given. */
                    q?: string;
                    /** @description Not before this time: ISO 8601, a date, now-15m. */
                    from?: string;
                    /** @description Before this time. */
                    to?: string;
                    /** @description How many, 1 to 1000; 10 unless told. */
                    limit?: number;
                };
                header?: never;
                path: {
                    /** @description Which one. */
                    name: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ValueList"];
                    };
                };
                /** @description Problem details (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/histogram": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Counts over time of what a query finds, broken down by a field.
         * @description Needs the role viewer.
         */
        get: {
            parameters: {
                query?: {
                    /** @description The query, e.g. outcome:failure AND cluster:prod; everything unless given. */
                    q?: string;
                    /** @description Not before this time: ISO 8601, a date, now-15m. */
                    from?: string;
                    /** @description Before this time. */
                    to?: string;
                    /** @description The field to break down by; none unless given. */
                    by?: string;
                    /** @description How many, 1 to 2000; 60 unless told. */
                    buckets?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Histogram"];
                    };
                };
                /** @description Problem details (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/incidents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Incidents, the latest first.
         * @description Needs the role viewer.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Only those in this state: open (firing or acknowledged), firing, acknowledged, resolved, expired or synthetic. */
                    state?: string;
                    /** @description How many, 1 to 1000; 100 unless told. */
                    limit?: number;
                    /** @description Where to go on: next of the page before. */
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["IncidentPage"];
                    };
                };
                /** @description Problem details (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/incidents/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * An incident with its evidence and all that became of it: messages and their arrival, and what people did.
         * @description Needs the role viewer.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description Which one. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["IncidentDetail"];
                    };
                };
                /** @description Problem details (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/incidents/{id}/acknowledge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Somebody has seen it: nobody is told of it again until it is resolved.
         * @description Needs the role operator.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description Which one. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": unknown;
                };
            };
            responses: {
                /** @description Done. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["IncidentDetail"];
                    };
                };
                /** @description Problem details (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/incidents/{id}/assign": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Somebody is to see to it; nobody any more when assignee is empty.
         * @description Needs the role operator.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description Which one. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": unknown;
                };
            };
            responses: {
                /** @description Done. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["IncidentDetail"];
                    };
                };
                /** @description Problem details (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/incidents/{id}/comments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Something to be said of it.
         * @description Needs the role operator.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description Which one. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": unknown;
                };
            };
            responses: {
                /** @description Done. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["IncidentDetail"];
                    };
                };
                /** @description Problem details (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/incidents/{id}/reopen": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * It goes on after all, and is told anew.
         * @description Needs the role operator.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description Which one. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": unknown;
                };
            };
            responses: {
                /** @description Done. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["IncidentDetail"];
                    };
                };
                /** @description Problem details (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/incidents/{id}/resolve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * It is over, and whoever was told of it is told that.
         * @description Needs the role operator.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description Which one. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": unknown;
                };
            };
            responses: {
                /** @description Done. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["IncidentDetail"];
                    };
                };
                /** @description Problem details (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/instances": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The container instances that are not INACTIVE; with stopped=true all that are stored.
         * @description Needs the role viewer.
         */
        get: {
            parameters: {
                query?: {
                    /** @description As it was at this time: ISO 8601, a date, now-15m; as it is unless given. */
                    at?: string;
                    /** @description Only those of this name or id; several with commas between. */
                    name?: string;
                    /** @description Only those whose account is this. */
                    account?: string;
                    /** @description Only those whose region is this. */
                    region?: string;
                    /** @description Only those whose cluster is this. */
                    cluster?: string;
                    /** @description Only those whose status is this. */
                    status?: string;
                    /** @description Only those whose ec2InstanceId is this. */
                    ec2InstanceId?: string;
                    /** @description Only those whose capacityProvider is this. */
                    capacityProvider?: string;
                    /** @description Only those whose instanceType is this. */
                    instanceType?: string;
                    /** @description Only those whose availabilityZone is this. */
                    availabilityZone?: string;
                    /** @description Only those whose agentConnected is this. */
                    agentConnected?: string;
                    /** @description By what: cluster, status, remainingCpu, remainingMemory, runningTasksCount, updatedAt; the greatest first with a minus before it. Else by what no two share, and no page then hides or repeats anything, whatever changes meanwhile. */
                    sort?: string;
                    /** @description How many, 1 to 1000; 100 unless told. */
                    limit?: number;
                    /** @description Where to go on: next of the page before. */
                    cursor?: string;
                    /** @description Those that are over too; with at, those that ended in the minutes before, and failures of the hour before. */
                    stopped?: boolean;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ResourcePage"];
                    };
                };
                /** @description Problem details (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/notifications": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Messages, newest first: sent, waiting with what went wrong, and failed.
         * @description Needs the role viewer.
         */
        get: {
            parameters: {
                query?: {
                    /** @description How many, 1 to 1000; 100 unless told. */
                    limit?: number;
                    /** @description Where to go on: next of the page before. */
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["NotificationPage"];
                    };
                };
                /** @description Problem details (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/pipeline": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What became of everything received, by source and in all.
         * @description Needs the role viewer.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Pipeline"];
                    };
                };
                /** @description Problem details (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/quarantine": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What could not be read, newest first.
         * @description Needs the role operator.
         */
        get: {
            parameters: {
                query?: {
                    /** @description How many, 1 to 1000; 100 unless told. */
                    limit?: number;
                    /** @description Where to go on: next of the page before. */
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["QuarantinePage"];
                    };
                };
                /** @description Problem details (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/quarantine/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One, with its bytes in base64.
         * @description Needs the role operator.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description Which one. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["QuarantineDetail"];
                    };
                };
                /** @description Problem details (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        /**
         * Removes one for good.
         * @description Needs the role operator.
         */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description Which one. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description Problem details (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/quarantine/{id}/bytes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Its bytes, untouched, as a file to save.
         * @description Needs the role operator.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description Which one. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/octet-stream": unknown;
                    };
                };
                /** @description Problem details (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/quarantine/{id}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Reads one again; when it can be read now, its events are stored and it leaves the quarantine.
         * @description Needs the role operator.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description Which one. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Accounting"];
                    };
                };
                /** @description Problem details (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/receivers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The receivers of the configuration, and how their latest messages fared.
         * @description Needs the role viewer.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ReceiverPage"];
                    };
                };
                /** @description Problem details (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/receivers/{name}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sends a sample, of something that is over already, and answers what came of it at each medium.
         * @description Needs the role operator.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description Which one. */
                    name: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ReceiverTest"];
                    };
                };
                /** @description Problem details (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/resync": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How far comparing with the ECS API is, what events had missed, and what it costs.
         * @description Needs the role viewer.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Resync"];
                    };
                };
                /** @description Problem details (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /**
         * Compares with the ECS API now and answers how that went, which may take minutes; it goes on when the caller gives up.
         * @description Needs the role admin.
         */
        post: {
            parameters: {
                query?: {
                    /** @description The name of the only cluster that is read; all of them unless given. */
                    cluster?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ResyncRun"];
                    };
                };
                /** @description Problem details (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/rules": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The rules that are on, and their last week.
         * @description Needs the role viewer.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["RulePage"];
                    };
                };
                /** @description Problem details (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/rules/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * What a configuration's rules would have told, when and to whom, over what is stored. Nothing is sent.
         * @description Needs the role operator.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Rehearsed"];
                    };
                };
                /** @description Problem details (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/services": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The services as they are: desired, running and pending tasks, each with where it is from and how old it is, their deployments, why tasks are pending, and what failed last.
         * @description Needs the role viewer.
         */
        get: {
            parameters: {
                query?: {
                    /** @description As it was at this time: ISO 8601, a date, now-15m; as it is unless given. */
                    at?: string;
                    /** @description Only those of this name or id; several with commas between. */
                    name?: string;
                    /** @description Only those whose account is this. */
                    account?: string;
                    /** @description Only those whose region is this. */
                    region?: string;
                    /** @description Only those whose cluster is this. */
                    cluster?: string;
                    /** @description By what: name, cluster, desiredCount, runningCount, pendingCount, updatedAt; the greatest first with a minus before it. Else by what no two share, and no page then hides or repeats anything, whatever changes meanwhile. */
                    sort?: string;
                    /** @description How many, 1 to 1000; 100 unless told. */
                    limit?: number;
                    /** @description Where to go on: next of the page before. */
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ResourcePage"];
                    };
                };
                /** @description Problem details (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who the caller is, and with which role.
         * @description Needs the role viewer.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Session"];
                    };
                };
                /** @description Problem details (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /**
         * Begins a session of the page by a token: a cookie that scripts cannot read and other sites cannot send.
         * @description Open to everyone.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": unknown;
                };
            };
            responses: {
                /** @description Done. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Session"];
                    };
                };
                /** @description Problem details (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        /**
         * Ends the session.
         * @description Open to everyone.
         */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description Problem details (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/silences": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Silences: active, pending, then those that ended within five days.
         * @description Needs the role viewer.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Only those in this state: open (pending or active), pending, active or expired. */
                    state?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SilencePage"];
                    };
                };
                /** @description Problem details (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /**
         * Makes one, or changes the one with the id; one that has ended, or would then hide something else, ends and another takes its place.
         * @description Needs the role operator.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": unknown;
                };
            };
            responses: {
                /** @description Done. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Silence"];
                    };
                };
                /** @description Problem details (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/silences/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * What a silence with these matchers would hide: incidents that fire now, and how many of the last seven days.
         * @description Needs the role viewer.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": unknown;
                };
            };
            responses: {
                /** @description Done. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SilencePreview"];
                    };
                };
                /** @description Problem details (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/silences/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One.
         * @description Needs the role viewer.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description Which one. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Silence"];
                    };
                };
                /** @description Problem details (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/silences/{id}/expire": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ends one now.
         * @description Needs the role operator.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description Which one. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Silence"];
                    };
                };
                /** @description Problem details (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How things stand: what is broken and what failed, each cluster and its services at a glance, the last six hours. 'Lately' is the hour before the end.
         * @description Needs the role viewer.
         */
        get: {
            parameters: {
                query?: {
                    /** @description The beginning; a day before the end unless given. */
                    from?: string;
                    /** @description The end; now unless given. */
                    to?: string;
                    /** @description The end, as the other lists call it. */
                    at?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Status"];
                    };
                };
                /** @description Problem details (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Events that a query finds, as they are committed: server-sent events, the data as an item of /events, the id its key. An event 'gap' with {"missed":n} says that n events went by unseen (null: unknown). Goes on after Last-Event-ID while that is remembered.
         * @description Needs the role viewer.
         */
        get: {
            parameters: {
                query?: {
                    /** @description The query, e.g. outcome:failure AND cluster:prod; everything unless given. */
                    q?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/event-stream": unknown;
                    };
                };
                /** @description Problem details (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The tasks that are not stopped; with stopped=true all that are stored.
         * @description Needs the role viewer.
         */
        get: {
            parameters: {
                query?: {
                    /** @description As it was at this time: ISO 8601, a date, now-15m; as it is unless given. */
                    at?: string;
                    /** @description Only those of this name or id; several with commas between. */
                    name?: string;
                    /** @description Only those whose account is this. */
                    account?: string;
                    /** @description Only those whose region is this. */
                    region?: string;
                    /** @description Only those whose cluster is this. */
                    cluster?: string;
                    /** @description Only those whose service is this. */
                    service?: string;
                    /** @description Only those whose family is this. */
                    family?: string;
                    /** @description Only those whose instance is this. */
                    instance?: string;
                    /** @description Only those whose deployment is this. */
                    deployment?: string;
                    /** @description Only those whose lastStatus is this. */
                    lastStatus?: string;
                    /** @description Only those whose desiredStatus is this. */
                    desiredStatus?: string;
                    /** @description Only those whose launchType is this. */
                    launchType?: string;
                    /** @description Only those whose capacityProvider is this. */
                    capacityProvider?: string;
                    /** @description By what: cluster, service, lastStatus, createdAt, startedAt, stoppedAt, updatedAt; the greatest first with a minus before it. Else by what no two share, and no page then hides or repeats anything, whatever changes meanwhile. */
                    sort?: string;
                    /** @description How many, 1 to 1000; 100 unless told. */
                    limit?: number;
                    /** @description Where to go on: next of the page before. */
                    cursor?: string;
                    /** @description Those that are over too; with at, those that ended in the minutes before, and failures of the hour before. */
                    stopped?: boolean;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ResourcePage"];
                    };
                };
                /** @description Problem details (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/{taskId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One task, by a link that stays: as it was last, what its stop means, its phases with their durations, every event of it, oldest first, the other tasks of its deployment, what its service said meanwhile, and, where the configuration says so, the last lines that a failed one wrote.
         * @description Needs the role viewer.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description Which one. */
                    taskId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["TaskRecord"];
                    };
                };
                /** @description Problem details (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All API tokens ever made, without their secrets.
         * @description Needs the role admin.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["TokenPage"];
                    };
                };
                /** @description Problem details (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /**
         * Makes a token; its secret is in this answer and nowhere else.
         * @description Needs the role admin.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": unknown;
                };
            };
            responses: {
                /** @description Done. */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["CreatedToken"];
                    };
                };
                /** @description Problem details (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tokens/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Revokes a token, at once.
         * @description Needs the role admin.
         */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description Which one. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description Problem details (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v2/alerts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Incidents that fire, as alerts.
         * @description Needs the role viewer.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Those that nothing suppresses too; true unless given. */
                    active?: boolean;
                    /** @description Those that are silenced too; true unless given. */
                    silenced?: boolean;
                    /** @description Those that are inhibited too; true unless given. */
                    inhibited?: boolean;
                    /** @description Those outside the hours of their routes too; true unless given. */
                    muted?: boolean;
                    /** @description Has no meaning here: an incident is processed when it is there. */
                    unprocessed?: boolean;
                    /** @description A matcher, perhaps several times: cluster="prod". */
                    filter?: unknown[];
                    /** @description What the name of one of their receivers is like, as a regular expression. */
                    receiver?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AlertmanagerAlerts"];
                    };
                };
                /** @description Problem details (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v2/alerts/groups": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The same, by what receivers are told of together.
         * @description Needs the role viewer.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Those that nothing suppresses too; true unless given. */
                    active?: boolean;
                    /** @description Those that are silenced too; true unless given. */
                    silenced?: boolean;
                    /** @description Those that are inhibited too; true unless given. */
                    inhibited?: boolean;
                    /** @description Those outside the hours of their routes too; true unless given. */
                    muted?: boolean;
                    /** @description Has no meaning here: an incident is processed when it is there. */
                    unprocessed?: boolean;
                    /** @description A matcher, perhaps several times: cluster="prod". */
                    filter?: unknown[];
                    /** @description What the name of one of their receivers is like, as a regular expression. */
                    receiver?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AlertmanagerAlertGroups"];
                    };
                };
                /** @description Problem details (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v2/receivers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The names of the receivers.
         * @description Needs the role viewer.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AlertmanagerReceivers"];
                    };
                };
                /** @description Problem details (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v2/silence/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One.
         * @description Needs the role viewer.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description Which one. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AlertmanagerSilence"];
                    };
                };
                /** @description Problem details (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        /**
         * Ends one now.
         * @description Needs the role operator.
         */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description Which one. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/plain": unknown;
                    };
                };
                /** @description Problem details (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v2/silences": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Silences: active, pending, then those that ended within five days.
         * @description Needs the role viewer.
         */
        get: {
            parameters: {
                query?: {
                    /** @description A matcher that is held against a silence's own labels and values, perhaps several times. */
                    filter?: unknown[];
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AlertmanagerSilences"];
                    };
                };
                /** @description Problem details (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /**
         * Makes one, or changes the one with the id.
         * @description Needs the role operator.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": unknown;
                };
            };
            responses: {
                /** @description Done. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AlertmanagerSilenceId"];
                    };
                };
                /** @description Problem details (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v2/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What runs here, and who is told, as an alertmanager.yml without secrets.
         * @description Needs the role viewer.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AlertmanagerStatus"];
                    };
                };
                /** @description Problem details (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Metrics for Prometheus.
         * @description Needs the role viewer.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/plain": unknown;
                    };
                };
                /** @description Problem details (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/openapi/v1.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * This description.
         * @description Needs the role viewer.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Done. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": unknown;
                    };
                };
                /** @description Problem details (RFC 9457). */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        Accounting: {
            received: number;
            stored: number;
            duplicates: number;
            quarantined: number;
            idReused: number;
            unknownKinds: number;
        };
        Advice: {
            /** @enum {string} */
            kind: "raiseMemory" | "raiseCpu" | "resizeTask" | "lowerMemory" | "lowerCpu" | "restarts";
            serviceName?: string;
            family?: string;
            container?: string;
            fargate: boolean;
            tasks: number;
            from?: components["schemas"]["AdvisedSize"];
            to?: components["schemas"]["AdvisedSize"];
            taskFrom?: components["schemas"]["AdvisedSize"];
            taskTo?: components["schemas"]["AdvisedSize"];
            text: string;
            formula: string;
            evidence: components["schemas"]["AdviceEvidence"][];
            evidenceTotal: number;
            usage?: string;
            saving: components["schemas"]["AdviceSaving"];
            risk: string;
            whyNotMore: string;
            reservationsOnly: boolean;
        };
        AdviceEvidence: {
            taskId: string;
            /** Format: date-time */
            at: string;
            text: string;
        };
        AdviceSaving: {
            cpu: number;
            memory: number;
            instances?: number;
            perMonth?: number;
            currency?: string;
        };
        AdvisedSize: {
            cpu?: number;
            memory?: number;
        };
        AlertmanagerAlert: {
            annotations: {
                [key: string]: string;
            };
            /** Format: date-time */
            endsAt: string;
            fingerprint: string;
            receivers: components["schemas"]["AlertmanagerReceivers"];
            /** Format: date-time */
            startsAt: string;
            status: {
                state: string;
                silencedBy: string[];
                inhibitedBy: string[];
                mutedBy: string[];
            };
            /** Format: date-time */
            updatedAt: string;
            labels: {
                [key: string]: string;
            };
            generatorURL?: string | null;
        };
        AlertmanagerAlertGroups: {
            alerts: components["schemas"]["AlertmanagerAlerts"];
            labels: {
                [key: string]: string;
            };
            receiver: {
                name: string;
            };
        }[];
        AlertmanagerAlerts: components["schemas"]["AlertmanagerAlert"][];
        AlertmanagerReceivers: {
            name: string;
        }[];
        AlertmanagerSilence: {
            id: string;
            status: {
                state: string;
            };
            /** Format: date-time */
            updatedAt: string;
            comment: string;
            createdBy: string;
            /** Format: date-time */
            endsAt: string;
            /** Format: date-time */
            startsAt: string;
            matchers: {
                name: string;
                value: string;
                isRegex: boolean;
                /** @default true */
                isEqual: boolean;
            }[];
        };
        AlertmanagerSilenceId: {
            silenceID: string;
        };
        AlertmanagerSilences: components["schemas"]["AlertmanagerSilence"][];
        AlertmanagerStatus: {
            cluster: {
                status: string;
                peers: {
                    name: string;
                    address: string;
                }[];
            };
            versionInfo: {
                branch: string;
                buildDate: string;
                buildUser: string;
                goVersion: string;
                revision: string;
                version: string;
            };
            config: {
                original: string;
            };
            /** Format: date-time */
            uptime: string;
        };
        CapacityAdvice: {
            account: string;
            region: string;
            cluster: string;
            windowDays: number;
            items: components["schemas"]["Advice"][];
            itemsLeftOut: number;
            notes: string[];
            /** Format: date-time */
            at?: string;
            /** Format: date-time */
            since?: string;
            /** Format: date-time */
            resyncedSince?: string;
            note?: string | null;
        };
        CapacityCluster: {
            account: string;
            region: string;
            cluster: string;
            instances: number;
            instancesTakingTasks: number;
            instancesNotKnown: number;
            registeredCpu: number;
            reservedCpu: number;
            remainingCpu: number;
            registeredMemory: number;
            reservedMemory: number;
            remainingMemory: number;
            registeredGpus: number;
            reservedGpus: number;
            remainingGpus: number;
            registeredPorts: number;
            reservedPorts: number;
            remainingPorts: number;
            cpuReservation?: number;
            memoryReservation?: number;
            gpuReservation?: number;
            availableCpu: number;
            availableMemory: number;
            availableGpus: number;
            reservedNetworkInterfaces: number;
            tasks: number;
            tasksByService: components["schemas"]["ServiceTasks"][];
            fargateTasks: number;
            fargateCpu: number;
            fargateMemory: number;
            largestByCpu?: components["schemas"]["LargestTask"];
            largestByMemory?: components["schemas"]["LargestTask"];
            services: number;
            placementFailures: number;
        };
        CapacityGroup: {
            availabilityZone?: string;
            capacityProviderName?: string;
            instances: number;
            instancesTakingTasks: number;
            instancesNotKnown: number;
            registeredCpu: number;
            reservedCpu: number;
            remainingCpu: number;
            registeredMemory: number;
            reservedMemory: number;
            remainingMemory: number;
            registeredGpus: number;
            reservedGpus: number;
            remainingGpus: number;
            registeredPorts: number;
            reservedPorts: number;
            remainingPorts: number;
            cpuReservation?: number;
            memoryReservation?: number;
            gpuReservation?: number;
            availableCpu: number;
            availableMemory: number;
            availableGpus: number;
            reservedNetworkInterfaces: number;
            tasks: number;
            tasksByService: components["schemas"]["ServiceTasks"][];
            fargateTasks: number;
            fargateCpu: number;
            fargateMemory: number;
        };
        CapacityHistory: {
            account: string;
            region: string;
            cluster: string;
            /** Format: date-time */
            from: string;
            /** Format: date-time */
            to: string;
            items: components["schemas"]["CapacityMoment"][];
            placementFailures: components["schemas"]["PlacementMark"][];
            placementFailuresLeftOut: number;
            events: number;
            /** Format: date-time */
            cutAt?: string;
            /** Format: date-time */
            since?: string;
            /** Format: date-time */
            resyncedSince?: string;
            note: string | null;
        };
        CapacityInstance: {
            instance: string;
            ec2InstanceId?: string;
            status?: string;
            agentConnected?: boolean;
            /** @enum {string} */
            takesTasks: "yes" | "notActive" | "agentDisconnected" | "notKnown";
            capacityProviderName?: string;
            availabilityZone?: string;
            instanceType?: string;
            registeredCpu?: number;
            reservedCpu?: number;
            remainingCpu?: number;
            registeredMemory?: number;
            reservedMemory?: number;
            remainingMemory?: number;
            registeredGpus?: number;
            reservedGpus?: number;
            remainingGpus?: number;
            registeredPorts?: number;
            reservedPorts?: number;
            remainingPorts?: number;
            cpuReservation?: number;
            memoryReservation?: number;
            gpuReservation?: number;
            reservedNetworkInterfaces: number;
            tasks: number;
            tasksByService: components["schemas"]["ServiceTasks"][];
            /** Format: date-time */
            updatedAt?: string;
        };
        CapacityMoment: {
            /** Format: date-time */
            at: string;
            isKnown: boolean;
            silentSeconds?: number;
            instances?: number;
            instancesTakingTasks?: number;
            registeredCpu?: number;
            reservedCpu?: number;
            remainingCpu?: number;
            registeredMemory?: number;
            reservedMemory?: number;
            remainingMemory?: number;
            registeredGpus?: number;
            reservedGpus?: number;
            remainingGpus?: number;
            cpuReservation?: number;
            memoryReservation?: number;
            gpuReservation?: number;
            availableCpu?: number;
            availableMemory?: number;
            availableGpus?: number;
            tasks?: number;
            runningTasks?: number;
            pendingTasks?: number;
            placementFailures?: number;
        };
        CapacityOfCluster: {
            account: string;
            region: string;
            cluster: string;
            total: components["schemas"]["CapacitySum"];
            largestByCpu?: components["schemas"]["LargestTask"];
            largestByMemory?: components["schemas"]["LargestTask"];
            placementFailures: components["schemas"]["PlacementFailure"][];
            by: string;
            items: (components["schemas"]["CapacityInstance"] | components["schemas"]["CapacityService"] | components["schemas"]["CapacityGroup"])[];
            next: string | null;
            /** Format: date-time */
            at?: string;
            /** Format: date-time */
            since?: string;
            /** Format: date-time */
            resyncedSince?: string;
            note?: string | null;
        };
        CapacityPacking: {
            account: string;
            region: string;
            cluster: string;
            workloads: components["schemas"]["PackedWorkload"][];
            instances: components["schemas"]["PackedInstance"][];
            /** Format: date-time */
            at?: string;
            /** Format: date-time */
            since?: string;
            /** Format: date-time */
            resyncedSince?: string;
            note?: string | null;
        };
        CapacityPage: {
            by: string;
            items: components["schemas"]["CapacityCluster"][];
            next: string | null;
            /** Format: date-time */
            at?: string;
            /** Format: date-time */
            since?: string;
            /** Format: date-time */
            resyncedSince?: string;
            note?: string | null;
        };
        CapacityPlan: {
            account: string;
            region: string;
            cluster: string;
            isPossible: boolean;
            instances: number;
            tasks: number;
            kept: number;
            leastKept: number;
            moves: number;
            added: components["schemas"]["PlanAdded"][];
            released: components["schemas"]["PlanInstance"][];
            blocks: components["schemas"]["PlanBlock"][];
            notOrdered: string[];
            steps: components["schemas"]["PlanStep"][];
            stepsLeftOut: number;
            packing?: components["schemas"]["Packing"];
            /** Format: date-time */
            at?: string;
            /** Format: date-time */
            since?: string;
            /** Format: date-time */
            resyncedSince?: string;
            note?: string | null;
        };
        CapacityProviderScaling: {
            capacityProviderName: string;
            /** Format: date-time */
            from: string;
            instances: number;
            instancesWithTasks: number;
            provisioningTasks: number;
            capacityProviderReservation: number;
            capacityProviderReservationLeast: number;
            capacityProviderReservationMost: number;
            was: components["schemas"]["ScalingOutcome"];
            needed: components["schemas"]["ScalingOutcome"];
            targets: components["schemas"]["ScalingTarget"][];
        };
        CapacityScaling: {
            account: string;
            region: string;
            cluster: string;
            /** Format: date-time */
            from: string;
            /** Format: date-time */
            to: string;
            items: components["schemas"]["CapacityProviderScaling"][];
            events: number;
            /** Format: date-time */
            cutAt?: string;
            /** Format: date-time */
            since?: string;
            note: string | null;
        };
        CapacityService: {
            serviceName: string;
            tasks: number;
            reservedCpu: number;
            reservedMemory: number;
            fargateTasks: number;
            fargateCpu: number;
            fargateMemory: number;
            task?: components["schemas"]["CapacityTask"];
            fits?: number;
            fitsInOnePiece?: number;
            instances?: number;
            /** @enum {string} */
            stoppedBy?: "cpu" | "memory" | "gpu" | "ports" | "instances";
            stoppedOn?: number;
            placementFailure?: string;
        };
        CapacitySum: {
            instances: number;
            instancesTakingTasks: number;
            instancesNotKnown: number;
            registeredCpu: number;
            reservedCpu: number;
            remainingCpu: number;
            registeredMemory: number;
            reservedMemory: number;
            remainingMemory: number;
            registeredGpus: number;
            reservedGpus: number;
            remainingGpus: number;
            registeredPorts: number;
            reservedPorts: number;
            remainingPorts: number;
            cpuReservation?: number;
            memoryReservation?: number;
            gpuReservation?: number;
            availableCpu: number;
            availableMemory: number;
            availableGpus: number;
            reservedNetworkInterfaces: number;
            tasks: number;
            tasksByService: components["schemas"]["ServiceTasks"][];
            fargateTasks: number;
            fargateCpu: number;
            fargateMemory: number;
        };
        CapacityTask: {
            cpu?: number;
            memory?: number;
            gpus: number;
            ports: number[];
            udpPorts: number[];
            networkInterface: boolean;
            launchType?: string;
            capacityProviderName?: string;
        };
        ContainerLog: {
            container: string;
            group: string;
            region: string;
            stream: string | null;
            lines: components["schemas"]["LogLine"][];
            problem: string | null;
        };
        CreatedToken: {
            id: string;
            name: string;
            role: string;
            /** Format: date-time */
            createdAt: string;
            token: string;
        };
        Delivery: {
            integration: string;
            state: string;
            attempts: number;
            lastError: string;
            /** Format: date-time */
            at: string;
            toldBy: string;
        };
        Event: {
            key: string;
            /** Format: date-time */
            occurredAt: string;
            /** Format: date-time */
            receivedAt: string;
            timeUncertain?: boolean;
            synthetic?: boolean;
            id?: string;
            source?: string;
            detailType?: string;
            account?: string;
            region?: string;
            cluster?: string;
            service?: string;
            task?: string;
            instance?: string;
            kind?: string;
            outcome?: string;
            severity?: string;
            summary?: string;
            evidence?: string[];
            nextStep?: string;
            masked?: string[];
            event: unknown;
        };
        EventContext: {
            event: components["schemas"]["Event"];
            earlier: components["schemas"]["Event"][];
            later: components["schemas"]["Event"][];
            cut: string | null;
        };
        EventList: {
            items: components["schemas"]["Event"][];
            next: null;
        };
        EventPage: {
            items: components["schemas"]["Event"][];
            next: string | null;
            cut: string | null;
            hint: string | null;
        };
        Explanation: {
            id: string;
            /** Format: date-time */
            occurredAt: string;
            detailType: string;
            cluster?: string;
            service?: string;
            task?: string;
            kind: string;
            outcome: string;
            severity: string;
            summary: string;
            evidence: string[];
            nextStep: string;
        };
        ExplanationList: {
            items: components["schemas"]["Explanation"][];
            next: null;
            notEvents: components["schemas"]["NotEvent"][];
        };
        Field: {
            name: string;
            path: string;
            type: string;
            description: string;
            listed: boolean;
        };
        FieldList: {
            items: components["schemas"]["Field"][];
            next: null;
        };
        Histogram: {
            /** Format: date-time */
            from: string;
            bucketMilliseconds: number;
            total: number;
            counts: number[];
            series: components["schemas"]["HistogramSeries"][];
            cut: string | null;
        };
        HistogramSeries: {
            value: string | null;
            total: number;
            counts: number[];
        };
        IncidentDetail: {
            incident: components["schemas"]["IncidentItem"];
            evidence: string[];
            steps: components["schemas"]["IncidentStep"][];
        };
        IncidentItem: {
            id: string;
            state: string;
            severity: string;
            labels: {
                [key: string]: string;
            };
            summary: string;
            nextStep: string;
            /** Format: date-time */
            firstAt: string;
            /** Format: date-time */
            lastAt: string;
            count: number;
            resources: string[];
            /** Format: date-time */
            toldAt: string | null;
            untold: string;
            /** Format: date-time */
            resolvedAt: string | null;
            resolution: string;
            acknowledgedBy: string;
            assignee: string;
            muted: string;
        };
        IncidentPage: {
            items: components["schemas"]["IncidentItem"][];
            next: string | null;
        };
        IncidentStep: {
            /** Format: date-time */
            at: string;
            kind: string;
            by: string;
            text: string;
            notificationId: string;
            deliveries: components["schemas"]["Delivery"][];
        };
        IngestAnswer: {
            received: number;
            stored: number;
            duplicates: number;
            quarantined: {
                count: number;
                first: components["schemas"]["NotEvent"][];
            };
            idReused: number;
            unknownKinds: number;
            untold: components["schemas"]["Untold"];
        };
        IntegrationTest: {
            integration: string;
            sent: boolean;
            reason: string;
        };
        LargestTask: {
            instance: string;
            cpu: number;
            memory: number;
        };
        LogLine: {
            at: string | null;
            text: string;
        };
        MissingForTask: {
            instance: string;
            missingCpu: number;
            missingMemory: number;
            missingGpus: number;
            portTaken: boolean;
        };
        NotEvent: {
            index: number;
            reason: string;
            message: string;
        };
        NotificationItem: {
            notificationId: string;
            receiver: string;
            integration: string;
            state: string;
            attempts: number;
            lastError: string;
            /** Format: date-time */
            decidedAt: string;
            /** Format: date-time */
            dueAt: string;
            groupLabels: {
                [key: string]: string;
            };
            incidents: {
                id: string;
                labels: {
                    [key: string]: string;
                };
                summary: string;
                count: number;
                /** Format: date-time */
                firstAt: string;
                /** Format: date-time */
                lastAt: string;
            }[];
            moreIncidents: number;
            toldBy: string;
            remarks: string[];
        };
        NotificationPage: {
            items: components["schemas"]["NotificationItem"][];
            next: string | null;
        };
        PackedInstance: {
            instance: string;
            ec2InstanceId?: string;
            instanceType?: string;
            availabilityZone?: string;
            isDraining: boolean;
            cpu: number;
            memory: number;
            takenCpu: number;
            takenMemory: number;
            tasks: number[][];
        };
        PackedWorkload: {
            name: string;
            cpu: number;
            memory: number;
            isDaemon: boolean;
        };
        Packing: {
            workloads: components["schemas"]["PackedWorkload"][];
            instances: components["schemas"]["PackedInstance"][];
        };
        Pipeline: {
            ready: boolean;
            reason: string;
            queueDepth: number;
            /** Format: date-time */
            watermark: string;
            /** Format: date-time */
            newestEventAt: string | null;
            total: components["schemas"]["Accounting"];
            sources: {
                [key: string]: components["schemas"]["Accounting"];
            };
            /** Format: date-time */
            nextTimerDue: string | null;
            tellingProblem: string;
            untold: components["schemas"]["Untold"];
            retention: {
                events: string | null;
                quarantine: string;
                incidents: string;
                sizeBytes: number | null;
                /** Format: date-time */
                lastAt: string | null;
                problem: string;
                dropped: {
                    events: number;
                    quarantined: number;
                    resources: number;
                    incidents: number;
                };
            } | null;
        };
        PlacementFailure: {
            serviceName: string;
            /** Format: date-time */
            at?: string;
            code: string;
            reason: string;
            has: string;
            wouldFit: string;
            nextStep: string;
            instances: number;
            instancesTakingNone: number;
            fits?: number;
            cpuAtItsMemory?: number;
            memoryAtItsCpu?: number;
            nearest?: components["schemas"]["MissingForTask"];
        };
        PlacementMark: {
            /** Format: date-time */
            at: string;
            serviceName: string;
            code: string;
            reason: string;
        };
        PlanAdded: {
            instanceType: string;
            availabilityZone?: string;
            instances: number;
        };
        PlanBlock: {
            /** @enum {string} */
            kind: "resource" | "distinct" | "port" | "zone" | "pinned" | "room" | "noPlace";
            name: string;
            needs: number;
            text: string;
        };
        PlanInstance: {
            instance: string;
            ec2InstanceId?: string;
            instanceType?: string;
            availabilityZone?: string;
        };
        PlanStep: {
            /** @enum {string} */
            action: "add" | "start" | "stop" | "release";
            taskId?: string;
            group?: string;
            instance: string;
            ec2InstanceId?: string;
        };
        Problem: {
            type: string;
            title: string;
            status: number;
            detail: string;
            errors?: {
                column: number;
                length: number;
                message: string;
                suggestion: string | null;
            }[] | null;
            committed?: components["schemas"]["IngestAnswer"];
        };
        QuarantineDetail: {
            id: string;
            /** Format: date-time */
            receivedAt: string;
            source: string;
            reason: string;
            message: string;
            length: number;
            hash: string;
            isWhole: boolean;
            bytesBase64: string;
        };
        QuarantineItem: {
            id: string;
            /** Format: date-time */
            receivedAt: string;
            source: string;
            reason: string;
            message: string;
            length: number;
            hash: string;
        };
        QuarantinePage: {
            items: components["schemas"]["QuarantineItem"][];
            next: string | null;
        };
        Receiver: {
            name: string;
            integrations: components["schemas"]["ReceiverIntegration"][];
            fallback: string;
        };
        ReceiverIntegration: {
            integration: string;
            /** Format: date-time */
            lastSentAt: string | null;
            waiting: number;
            failed: number;
            lastError: string;
            health: string;
            /** Format: date-time */
            failingSince: string | null;
            /** Format: date-time */
            nextTryAt: string | null;
        };
        ReceiverPage: {
            items: components["schemas"]["Receiver"][];
            next: string | null;
        };
        ReceiverTest: {
            name: string;
            notificationId: string;
            integrations: components["schemas"]["IntegrationTest"][];
        };
        Rehearsed: {
            events: number;
            /** Format: date-time */
            from: string | null;
            /** Format: date-time */
            to: string | null;
            incidents: number;
            messages: number;
            told: components["schemas"]["RehearsedItem"][];
            more: number;
            inWords: string | null;
        };
        RehearsedItem: {
            /** Format: date-time */
            at: string;
            receiver: string;
            notificationId: string;
            incident: string;
            state: string;
            labels: {
                [key: string]: string;
            };
            count: number;
            /** Format: date-time */
            firstAt: string;
            summary: string;
        };
        ResourcePage: {
            items: Record<string, never>[];
            next: string | null;
            /** Format: date-time */
            at?: string;
            /** Format: date-time */
            since?: string;
            /** Format: date-time */
            resyncedSince?: string;
            note?: string | null;
        };
        Resync: {
            every: string | null;
            loaded: boolean;
            progress: components["schemas"]["ResyncProgress"];
            last: components["schemas"]["ResyncRun"];
            drift: {
                [key: string]: number;
            };
            callsLastHour: number;
        };
        ResyncProgress: {
            region: string;
            role: string | null;
            regionsDone: number;
            regions: number;
            cluster: string;
            clustersDone: number;
            clusters: number;
            described: number;
            waiting: number;
        };
        ResyncRun: {
            /** Format: date-time */
            startedAt: string;
            tookSeconds: number;
            cluster: string | null;
            accounts: number;
            regions: number;
            clusters: number;
            described: number;
            calls: number;
            drift: {
                [key: string]: number;
            };
            problems: string[];
        };
        Rule: {
            name: string;
            form: string;
            isShipped: boolean;
            severity: string | null;
            for: string | null;
            summary: string;
            incidents: number;
            firing: number;
            /** Format: date-time */
            lastAt: string | null;
            counts: number[];
        };
        RulePage: {
            items: components["schemas"]["Rule"][];
            next: string | null;
        };
        ScalingOutcome: {
            instanceHours: number;
            minutesShort: number;
            idleInstanceHours: number;
            instancesMost: number;
            scaledOut: number;
            scaledIn: number;
        };
        ScalingTarget: {
            target: number;
            instanceHours: number;
            minutesShort: number;
            idleInstanceHours: number;
            instancesMost: number;
            scaledOut: number;
            scaledIn: number;
        };
        ServiceTasks: {
            serviceName: string;
            tasks: number;
        };
        Session: {
            name: string;
            role: string;
            method: string;
        };
        Silence: {
            id: string;
            state: string;
            matchers: string[];
            /** Format: date-time */
            startsAt: string;
            /** Format: date-time */
            endsAt: string;
            createdBy: string;
            comment: string;
            /** Format: date-time */
            updatedAt: string;
        };
        SilencePage: {
            items: components["schemas"]["Silence"][];
            next: string | null;
        };
        SilencePreview: {
            firing: components["schemas"]["IncidentItem"][];
            firingCount: number;
            lastWeek: number;
            isCut: boolean;
        };
        Status: {
            /** Format: date-time */
            from: string;
            /** Format: date-time */
            to: string;
            /** Format: date-time */
            latelyFrom: string;
            events: number;
            eventsLately: number;
            failureEvents: number;
            failureEventsLately: number;
            servicesFailing: number;
            clustersFailing: number;
            /** Format: date-time */
            failingSince: string | null;
            rolledBackLately: number;
            failures: components["schemas"]["StatusFailure"][];
            failuresLeftOut: number;
            kinds: components["schemas"]["StatusKindCount"][];
            services: components["schemas"]["StatusServiceCount"][];
            clusters: components["schemas"]["StatusCluster"][];
            strip: components["schemas"]["StatusStrip"];
            cut: string | null;
        };
        StatusCluster: {
            account: string;
            region: string;
            name: string;
            events: number;
            eventsLately: number;
            failureEvents: number;
            failureEventsLately: number;
            /** Format: date-time */
            lastAt: string;
            counts: number[];
            services: components["schemas"]["StatusService"][];
        };
        StatusDeployment: {
            what: string;
            /** Format: date-time */
            at: string;
            account: string;
            region: string;
            cluster: string;
            service: string;
            id: string;
        };
        StatusFailure: {
            state: string;
            account: string;
            region: string;
            cluster: string;
            service: string;
            family: string;
            kind: string;
            severity: string;
            summary: string;
            nextStep: string;
            key: string;
            count: number;
            /** Format: date-time */
            firstAt: string;
            /** Format: date-time */
            since: string;
            /** Format: date-time */
            lastAt: string;
            /** Format: date-time */
            recoveredAt: string | null;
            counts: number[];
            incident: {
                id: string;
                state: string;
                count: number;
                /** Format: date-time */
                firstAt: string;
                /** Format: date-time */
                lastAt: string;
                /** Format: date-time */
                toldAt: string | null;
            } | null;
        };
        StatusKindCount: {
            kind: string;
            count: number;
        };
        StatusService: {
            name: string;
            state: string;
            why: string;
            events: number;
            failureEvents: number;
            /** Format: date-time */
            lastAt: string;
        };
        StatusServiceCount: {
            account: string;
            region: string;
            cluster: string;
            service: string;
            count: number;
        };
        StatusStrip: {
            /** Format: date-time */
            from: string;
            /** Format: date-time */
            to: string;
            bucketMilliseconds: number;
            kinds: {
                kind: string | null;
                count: number;
                counts: number[];
            }[];
            deployments: components["schemas"]["StatusDeployment"][];
        };
        TaskDiagnosis: {
            kind?: string;
            outcome: string;
            severity: string;
            summary: string;
            evidence: string[];
            nextStep: string;
        };
        TaskLogs: {
            containers: components["schemas"]["ContainerLog"][];
            problem: string | null;
        };
        TaskPhase: {
            phase: string;
            /** Format: date-time */
            from: string;
            /** Format: date-time */
            to?: string;
            seconds?: number;
        };
        TaskRecord: {
            task: Record<string, never>;
            tags: components["schemas"]["TaskTag"][];
            diagnosis: components["schemas"]["TaskDiagnosis"] | null;
            phases: components["schemas"]["TaskPhase"][];
            events: components["schemas"]["Event"][];
            siblings: Record<string, never>[];
            serviceEvents: components["schemas"]["Event"][];
            logs: components["schemas"]["TaskLogs"] | null;
            cut: string | null;
        };
        TaskTag: {
            key: string;
            value: string;
            /** @enum {string} */
            of: "service" | "taskDefinition" | "cluster";
        };
        Token: {
            id: string;
            name: string;
            role: string;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            revokedAt: string | null;
        };
        TokenPage: {
            items: components["schemas"]["Token"][];
            next: string | null;
        };
        Untold: {
            tooOld: number;
            maxAge: string | null;
        };
        ValueCount: {
            value: string;
            count: number;
        };
        ValueList: {
            items: components["schemas"]["ValueCount"][];
            next: null;
            total: number;
            without: number;
            cut: string | null;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
