output "stack" {
  description = "For 'crowsnest verify --stack'."
  value       = aws_cloudformation_stack.crowsnest.name
}

output "outputs" {
  description = "What the template tells: QueueUrl, TopicArn, RoleArn, HubBusArn and the others."
  value       = aws_cloudformation_stack.crowsnest.outputs
}
