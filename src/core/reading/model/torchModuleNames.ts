/** The public names that some module of PyTorch 2.13 has, but for those of recurrent weights (`weight_ih_l0`). */
export const MODULE_NAMES: ReadonlySet<string> = new Set(
	`
T_destination activation activation_relu_or_gelu add_module add_zero_attn affine align_corners all_weights alpha
append apply approximate batch_first beta bfloat16 bias bias_hh bias_ih bias_k bias_v bidirectional blank buffers
call_super_init ceil_mode check_forward_args check_hidden_size check_input children clear cls_to_become compile copy
count_include_pad cpu cuda cutoffs d_model decoder delta dilation dim div_value divisor_override double dropout
dropout1 dropout2 dump_patches elementwise_affine embed_dim embedding_dim enable_nested_tensor encoder end_dim eps
eval extend extra_repr flatten_parameters float forward from_pretrained fromkeys full generate_square_subsequent_mask
get get_buffer get_expected_cell_size get_expected_hidden_size get_extra_state get_parameter get_submodule groups half
has_uninitialized_params head head_bias head_dim head_size hidden_size ignore_index in1_features in2_features
in_channels in_features in_proj_bias in_proj_weight include_last_offset init initialize_parameters inplace input_size
insert ipu items k k_proj_weight kdim keepdim kernel_size keys label_smoothing lambd layers linear1 linear2
load_state_dict log_prob lower margin mask_check max_norm max_val merge_masks min_val mode modules momentum mtia
n_classes n_clusters name named_buffers named_children named_modules named_parameters negative_slope nhead norm norm1
norm2 norm_first norm_type normalized_shape num_batches_tracked num_channels num_embeddings num_features num_groups
num_heads num_layers num_parameters out_channels out_features out_proj output_padding output_ratio output_size p
padding padding_idx padding_mode parameters permute_hidden pop popitem pos_weight predict proj_size q_proj_weight
recompute_scale_factor reduction register_backward_hook register_buffer register_forward_hook
register_forward_pre_hook register_full_backward_hook register_full_backward_pre_hook
register_load_state_dict_post_hook register_load_state_dict_pre_hook register_module register_parameter
register_state_dict_post_hook register_state_dict_pre_hook requires_grad_ reset_parameters reset_running_stats
return_indices running_mean running_var scale_factor scale_grad_by_freq self_attn set_extra_state set_submodule
setdefault share_memory shortlist_size size sparse start_dim state_dict stride swap tail threshold to to_empty
track_running_stats train training transposed type unflattened_size update upper upscale_factor use_nested_tensor
v_proj_weight value values vdim weight weight_hh weight_ih xpu zero_grad zero_infinity
`
		.trim()
		.split(/\s+/),
);
