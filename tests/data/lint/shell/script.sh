#!/bin/bash
printf '%s\n' "$API_TOKEN"
echo "The token is $API_TOKEN"
