package model

var geminiOperations []operation
