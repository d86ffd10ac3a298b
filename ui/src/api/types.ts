import type { components } from "./schema";

export type Schemas = components["schemas"];

export type EventItem = Schemas["Event"];
export type EventPage = Schemas["EventPage"];
export type EventContext = Schemas["EventContext"];
export type HistogramAnswer = Schemas["Histogram"];
export type FieldItem = Schemas["Field"];
export type FieldList = Schemas["FieldList"];
export type ValueList = Schemas["ValueList"];
export type Pipeline = Schemas["Pipeline"];
export type Accounting = Schemas["Accounting"];
export type QuarantineItem = Schemas["QuarantineItem"];
export type QuarantinePage = Schemas["QuarantinePage"];
export type QuarantineDetail = Schemas["QuarantineDetail"];
export type NotificationItem = Schemas["NotificationItem"];
export type NotificationPage = Schemas["NotificationPage"];
export type IncidentItem = Schemas["IncidentItem"];
export type IncidentPage = Schemas["IncidentPage"];
export type IncidentDetail = Schemas["IncidentDetail"];
export type IncidentStep = Schemas["IncidentStep"];
export type SessionInfo = Schemas["Session"];
export type Status = Schemas["Status"];
export type StatusFailure = Schemas["StatusFailure"];
export type StatusCluster = Schemas["StatusCluster"];
export type StatusService = Schemas["StatusService"];
export type StatusStrip = Schemas["StatusStrip"];
export type StatusDeployment = Schemas["StatusDeployment"];
