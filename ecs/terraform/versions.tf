terraform {
  # The generated secret is written without being stored in the state (write-only arguments).
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
}
