package model

var anthropicOperations []operation
