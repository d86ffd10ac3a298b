# Crowsnest from Terraform. The stack is the one that the pages in docs/ speak of, so 'crowsnest verify --stack' and 'crowsnest doctor --stack' know it, and there is no
# second description of the same queues and policies that could come to say something else.
terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}

# Named by what is in it: a new zip is a new key, which the stack sees.
resource "aws_s3_object" "code" {
  count  = var.zip == null ? 0 : 1
  bucket = var.code_bucket
  key    = "crowsnest-lambda-${filesha256(var.zip)}.zip"
  source = var.zip
}

resource "aws_cloudformation_stack" "crowsnest" {
  name          = var.name
  template_body = file("${path.module}/../cloudformation/${var.template}.yaml")
  capabilities  = ["CAPABILITY_IAM"]
  parameters = merge(
    var.zip == null ? {} : { CodeBucket = var.code_bucket, CodeKey = aws_s3_object.code[0].key },
    var.parameters,
  )
}
