"""Where other systems call us: who they are is proven first, over the bytes as they came."""
