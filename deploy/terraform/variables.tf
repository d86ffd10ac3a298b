variable "name" {
  description = "The name of the stack, and of nearly all that it makes."
  type        = string
  default     = "crowsnest"
}

variable "template" {
  description = "What is made: crowsnest (a function), workers (a service on ECS) or spoke (what sends to another's bus)."
  type        = string
  default     = "crowsnest"
  validation {
    condition     = contains(["crowsnest", "spoke", "workers"], var.template)
    error_message = "It is crowsnest, spoke or workers."
  }
}

variable "zip" {
  description = "The file that 'crowsnest lambda package' made, for the template crowsnest."
  type        = string
  default     = null
}

variable "code_bucket" {
  description = "The bucket that the zip is put into, in the same region."
  type        = string
  default     = null
}

variable "parameters" {
  description = "Parameters of the template, by the names that it gives them; lists with commas."
  type        = map(string)
  default     = {}
}
