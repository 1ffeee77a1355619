package model

var bedrockOperations []operation
